"""Covers of one clinic on one day: who stands in for whom, and with which people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

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
    """Everything that one person covers on a day, and what was lately given to them for
    good."""

    hand_overs: tuple[HandOver, ...] = ()
    recent: tuple[HandOver, ...] = ()

    @property
    def everybody_of(self) -> list[int]:
        """Colleagues all of whose people are covered."""
        return [one.from_staff_id for one in self.hand_overs if _is_away(one)]  # type: ignore[misc]

    @property
    def some(self) -> list[HandOver]:
        """Hand-overs of some people."""
        return [one for one in self.hand_overs if not _is_away(one)]

    def __bool__(self) -> bool:
        return bool(self.hand_overs)


NO_COVERS = MyCovers()


def _is_away(one: HandOver) -> bool:
    return one.kind == HandOver.Kind.AWAY


def covers_of(staff_id: int, clinic_id: int, *, on: date) -> MyCovers:
    """Directly, or for somebody who covers and is away too; one statement."""
    lasts = timedelta(days=hand_rules().number("words_days"))
    is_cover = Q(since_on__lte=on, until_on__gte=on)
    is_recent = Q(until_on=None, to_staff=staff_id, since_on__gte=on - lasts)
    rows = HandOver.objects.standing().filter(is_cover | is_recent, clinic=clinic_id)
    by_hand: dict[int, list[HandOver]] = defaultdict(list)
    recent: list[HandOver] = []
    for one in rows.select_related("from_staff").order_by("until_on", "pk"):
        if one.until_on is None:
            recent.append(one)
        else:
            by_hand[one.to_staff_id].append(one)
    return MyCovers(tuple(_followed(staff_id, by_hand)), tuple(recent))


def _followed(
    staff_id: int, by_hand: Mapping[int, list[HandOver]]
) -> Iterator[HandOver]:
    """From hand to hand: whoever covers a colleague who is away covers their covers."""
    hands, seen = [staff_id], {staff_id}
    while hands:
        for one in by_hand.get(hands.pop(), ()):
            if one.from_staff_id == staff_id:
                continue
            yield one
            if _is_away(one) and one.from_staff_id not in seen:
                seen.add(one.from_staff_id)  # type: ignore[arg-type]
                hands.append(one.from_staff_id)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class HandsHere:
    """Of the people of a page: whom somebody covers, for whom, and what they wrote."""

    covers: MyCovers = NO_COVERS
    handed: Mapping[int, tuple[HandOver, str]] = field(default_factory=dict)

    def covered(self, patient_id: int, acting_staff: Iterable[int]) -> HandOver | None:
        """The cover under which somebody acts for this person today."""
        acting = set(acting_staff)
        hand, _ = self.handed.get(patient_id, (None, ""))
        if hand and hand.until_on and hand.from_staff_id in acting:
            return hand
        found = (one for one in self.covers.hand_overs if _is_away(one))
        return next((one for one in found if one.from_staff_id in acting), None)

    def words(self, patient_id: int) -> str:
        return self.handed.get(patient_id, (None, ""))[1]


NOTHING_HANDED = HandsHere()


def hands_here(covers: MyCovers, patient_ids: Iterable[int]) -> HandsHere:
    """One statement, and none where nobody handed anybody over."""
    by_pk = {one.pk: one for one in (*covers.some, *covers.recent)}
    if not by_pk:
        return HandsHere(covers)
    people = HandedPerson.objects.filter(
        hand_over__in=list(by_pk), patient__in=list(patient_ids)
    )
    return HandsHere(
        covers,
        {
            one.patient_id: (
                by_pk[one.hand_over_id],
                one.words or by_pk[one.hand_over_id].words,
            )
            for one in people.order_by("pk")
        },
    )
