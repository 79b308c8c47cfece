"""Covers of one clinic on one day: who stands in for whom, and with which people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aftercare.models import HandedPerson, HandOver
from knowledge.schedule.hands import hand_rules


@dataclass(frozen=True, slots=True)
class StandIns:
    """Hands that others hold: of everybody, by whose they are; of some, by person too."""

    everybody: Mapping[int, int]
    some: Mapping[tuple[int, int], int]

    def hand_for(self, owner: int, patient: int) -> int:
        """Whoever acts in place of this hand today; themselves where nobody covers."""
        seen = {owner}
        while True:
            other = self.some.get((owner, patient)) or self.everybody.get(owner)
            if other is None or other in seen:
                return owner
            seen.add(other)
            owner = other


NOBODY_COVERS = StandIns({}, {})


def stand_ins(clinic_id: int, patient_ids: Iterable[int], *, on: date) -> StandIns:
    """In two statements; the later of two covers of the same hand holds."""
    covers = HandOver.objects.covers(on=on).filter(clinic=clinic_id)
    everybody: dict[int, int] = {}
    hands: dict[int, tuple[int, int]] = {}
    rows = covers.order_by("pk").values_list("pk", "kind", "from_staff", "to_staff")
    for pk, kind, owner, to in rows:
        if kind == HandOver.Kind.AWAY:
            everybody[owner] = to
        else:
            hands[pk] = (owner, to)
    some: dict[tuple[int, int], int] = {}
    if hands:
        people = HandedPerson.objects.filter(
            hand_over__in=hands, patient__in=list(patient_ids)
        )
        for pk, patient in people.order_by("pk").values_list("hand_over", "patient"):
            owner, to = hands[pk]
            some[owner, patient] = to
    return StandIns(everybody, some)


@dataclass(frozen=True, slots=True)
class MyCovers:
    """Everything that one person covers on a day."""

    hand_overs: tuple[HandOver, ...] = ()
    # Colleagues all of whose people are covered, and hand-overs of some people.
    everybody_of: frozenset[int] = frozenset()
    some_of: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hand_overs)


def covers_of(staff_id: int, clinic_id: int, *, on: date) -> MyCovers:
    """Directly, or for somebody who covers and is away too; one statement."""
    rows = HandOver.objects.covers(on=on).filter(clinic=clinic_id)
    by_hand: dict[int, list[HandOver]] = defaultdict(list)
    for one in rows.select_related("from_staff").order_by("until_on", "pk"):
        by_hand[one.to_staff_id].append(one)
    mine: dict[int, HandOver] = {}
    hands, seen = [staff_id], {staff_id}
    while hands:
        for one in by_hand[hands.pop()]:
            owner = one.from_staff_id
            if owner == staff_id or owner is None:
                continue
            mine[one.pk] = one
            if one.kind == HandOver.Kind.AWAY and owner not in seen:
                seen.add(owner)
                hands.append(owner)
    away = {one for one in mine.values() if one.kind == HandOver.Kind.AWAY}
    return MyCovers(
        tuple(mine.values()),
        frozenset(one.from_staff_id for one in away if one.from_staff_id),
        frozenset(mine.keys() - {one.pk for one in away}),
    )


def words_for(
    staff_id: int, clinic_id: int, patient_ids: Iterable[int], *, on: date
) -> dict[int, str]:
    """What whoever handed a person over to this one wrote: while they cover, and some
    days after a hand-over for good; one statement."""
    lasts = timedelta(days=hand_rules().number("words_days"))
    people = HandedPerson.objects.filter(
        clinic=clinic_id,
        patient__in=list(patient_ids),
        hand_over__to_staff=staff_id,
        hand_over__taken_back_at=None,
    ).exclude(words="", hand_over__words="")
    found: dict[int, str] = {}
    for one in people.select_related("hand_over").order_by("pk"):
        hand = one.hand_over
        if hand.since_on <= on <= (hand.until_on or hand.since_on + lasts):
            found[one.patient_id] = one.words or hand.words
    return found
