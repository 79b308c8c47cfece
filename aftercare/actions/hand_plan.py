"""Plan of a hand-over: what moves of each person, and what needs somebody else's right."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from aftercare.actions.holdings import NEEDS
from aftercare.actions.recipients import PARTS, Recipients, recipients_of, right_for
from aftercare.models import FollowUp, HandOver
from patients.models import CareTeamMember, Patient

Kind = HandOver.Kind
CARE_MANAGER = CareTeamMember.Part.CARE_MANAGER


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """Who gives whom into whose hands, and for how long; `giver` None: whoever holds
    the part."""

    kind: str
    to: Staff
    giver: Staff | None = None
    part: str = ""
    until_on: date | None = None


@dataclass(slots=True)
class PersonInHand:
    """What moves of one person: parts, and follow-ups by number, each to whom."""

    patient_id: int
    parts: dict[str, int] = field(default_factory=dict)
    # Each with who had it by name before, and who gets it.
    follow_ups: dict[int, tuple[int | None, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoesElsewhere:
    """Something that the new hand may not do, and who does it instead; None: nobody who
    may is on the team, so it stays where it is and the duty role hears of it."""

    patient_id: int
    title: str
    staff_id: int | None


@dataclass(frozen=True, slots=True)
class HandPlan:
    """Everything that one hand-over would do."""

    asked: HandOverAsked
    people: tuple[PersonInHand, ...]
    elsewhere: tuple[GoesElsewhere, ...]
    # Chosen, and not held by whoever gives.
    others: int

    @property
    def parts(self) -> int:
        return sum(len(one.parts) for one in self.people)

    @property
    def follow_ups(self) -> int:
        return sum(len(one.follow_ups) for one in self.people)

    @property
    def digest(self) -> str:
        """Of all that stands on the page: what is confirmed is what was seen."""
        asked = self.asked
        told = [
            [asked.kind, asked.to.pk, asked.giver and asked.giver.pk, asked.part],
            asked.until_on and asked.until_on.isoformat(),
            [[p.patient_id, sorted(p.parts.items())] for p in self.people],
            [sorted(p.follow_ups.items()) for p in self.people],
            [[one.patient_id, one.staff_id] for one in self.elsewhere],
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def plan_hand_over(
    clinic: Clinic, patient_ids: Iterable[int], asked: HandOverAsked, *, on: date
) -> HandPlan:
    """In a fixed number of statements, whatever the number of people."""
    alive = Patient.objects.filter(clinic=clinic, pk__in=list(patient_ids)).exclude(
        status=Patient.Status.DECEASED
    )
    ids = list(alive.order_by("pk").values_list("pk", flat=True))
    hands = recipients_of(clinic.pk, ids, on=on)
    if asked.kind == Kind.ASSIGNED:
        return _assigned(asked, ids, hands)
    giver = asked.giver
    assert giver is not None  # noqa: S101 - only an assignment has none
    rows = FollowUp.objects.open().filter(clinic=clinic, patient__in=ids)
    open_of: dict[int, list[FollowUp]] = defaultdict(list)
    for one in rows.order_by("pk"):
        open_of[one.patient_id].append(one)
    people: list[PersonInHand] = []
    elsewhere: list[GoesElsewhere] = []
    for pk in ids:
        team = hands.teams.get(pk, {})
        theirs = [one for one in open_of[pk] if _owner(one, team) == giver.pk]
        if giver.pk not in team.values() and not theirs:
            continue
        person, rest = _of_person(pk, team, theirs, asked, hands)
        people.append(person)
        elsewhere += rest
    return HandPlan(asked, tuple(people), tuple(elsewhere), len(ids) - len(people))


def _owner(one: FollowUp, team: Mapping[str, int]) -> int | None:
    """Whoever has to do it: by name, else by the part."""
    if one.assigned_to_id is not None:
        return one.assigned_to_id
    return next((team[part] for part in PARTS[one.assigned_role] if part in team), None)


def _of_person(
    pk: int,
    team: Mapping[str, int],
    theirs: list[FollowUp],
    asked: HandOverAsked,
    hands: Recipients,
) -> tuple[PersonInHand, list[GoesElsewhere]]:
    assert asked.giver is not None  # noqa: S101 - as above
    person, elsewhere = PersonInHand(pk), []
    giver, may = asked.giver.pk, hands.rights.get(asked.to.pk, frozenset())

    def goes_to(needed: Permission, title: str) -> int | None:
        if needed in may:
            return asked.to.pk
        other = hands.who_has(needed, pk, but=giver)
        elsewhere.append(GoesElsewhere(pk, title, other))
        return other

    is_good = asked.kind == Kind.FOR_GOOD
    for part, holder in sorted(team.items()):
        if holder == giver and is_good:
            label = str(CareTeamMember.Part(part).label)
            other = goes_to(needs_of(part), label)
            if other is not None:
                person.parts[part] = other
    for one in theirs:
        if asked.until_on and one.earliest_on > asked.until_on:
            continue
        other = goes_to(right_for(one.kind, one.assigned_role), one.title)
        is_named = one.assigned_to_id is not None
        # By the part it goes along; by name it moves, and what the part's new holder
        # may not do is given by name.
        if is_good and other is not None and (is_named or other != asked.to.pk):
            person.follow_ups[one.pk] = (one.assigned_to_id, other)
    return person, elsewhere


def needs_of(part: str) -> Permission:
    """What whoever holds a part has to be allowed to."""
    return NEEDS.get(CareTeamMember.Part(part), Permission.FOLLOW_UP_WORK)


def _assigned(asked: HandOverAsked, ids: list[int], hands: Recipients) -> HandPlan:
    """One part of everybody, or of those whose it is in one pair of hands."""
    people = []
    for pk in ids:
        holder = hands.teams.get(pk, {}).get(asked.part)
        if holder == asked.to.pk or (asked.giver and holder != asked.giver.pk):
            continue
        people.append(PersonInHand(pk, {asked.part: asked.to.pk}))
    return HandPlan(asked, tuple(people), (), len(ids) - len(people))
