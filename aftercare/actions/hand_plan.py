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
from aftercare.actions.recipients import Recipients, recipients_of, right_for
from aftercare.models import FollowUp, HandOver
from aftercare.record.parts import PARTS
from patients.models import CareTeamMember, Patient

Kind = HandOver.Kind


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
        """How many go to the new hand."""
        to = self.asked.to.pk
        return sum(who == to for p in self.people for who in p.parts.values())

    @property
    def follow_ups(self) -> int:
        to = self.asked.to.pk
        return sum(who == to for p in self.people for _, who in p.follow_ups.values())

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
    rows = FollowUp.objects.open().filter(clinic=clinic, patient__in=ids)
    open_of: dict[int, list[FollowUp]] = defaultdict(list)
    for one in rows.order_by("pk"):
        open_of[one.patient_id].append(one)
    if asked.kind == Kind.ASSIGNED:
        return _assigned(asked, ids, hands, open_of)
    giver = asked.giver
    assert giver is not None  # noqa: S101 - only an assignment has none
    people: list[PersonInHand] = []
    elsewhere: list[GoesElsewhere] = []
    for pk in ids:
        team = hands.teams.get(pk, {})
        theirs = [one for one in open_of[pk] if _owner(one, team) == giver.pk]
        if giver.pk not in team.values() and not theirs:
            continue
        sorted_out = _of_person(pk, team, theirs, asked, hands)
        people.append(sorted_out.person)
        elsewhere += sorted_out.elsewhere
    return HandPlan(asked, tuple(people), tuple(elsewhere), len(ids) - len(people))


def _owner(one: FollowUp, team: Mapping[str, int]) -> int | None:
    """Whoever has to do it: by name, else by the part."""
    if one.assigned_to_id is not None:
        return one.assigned_to_id
    part = _part_of(one, team)
    return None if part is None else team[part]


def _part_of(one: FollowUp, team: Mapping[str, int]) -> str | None:
    """The part of this team by which it is owed."""
    return next((part for part in PARTS[one.assigned_role] if part in team), None)


@dataclass(frozen=True, slots=True)
class PersonSorting:
    """One person of a hand-over, sorted by who may take what."""

    person: PersonInHand
    asked: HandOverAsked
    hands: Recipients
    # Who has them now: whoever gives, or holds the part that is assigned.
    giver: int | None
    elsewhere: list[GoesElsewhere] = field(default_factory=list)

    def taker(self, needed: Permission, title: str, *, joins: bool) -> int | None:
        """The new hand, or who has the right that it lacks. Of a closed chart it takes
        nothing, unless it `joins` the team."""
        to, pk = self.asked.to.pk, self.person.patient_id
        opens = joins or self.hands.opens(to, pk)
        if opens and needed in self.hands.rights.get(to, frozenset()):
            return to
        other = self.hands.who_has(needed, pk, but=self.giver or 0)
        self.elsewhere.append(GoesElsewhere(pk, title, other))
        return other

    def add_part(self, part: str) -> None:
        label = str(CareTeamMember.Part(part).label)
        other = self.taker(needs_of(part), label, joins=True)
        if other is not None:
            self.person.parts[part] = other

    def add_act(self, one: FollowUp) -> None:
        """By the part it goes along; by name it moves, and what the new holder of the
        part may not do is given by name: where nobody may, to who has it now."""
        needed = right_for(one.kind, one.assigned_role)
        joins = self.asked.to.pk in self.person.parts.values()
        other = self.taker(needed, one.title, joins=joins)
        named, moves = one.assigned_to_id, self.asked.until_on is None
        if other is None:
            who = self.giver if named is None and self._goes_along(one) else None
        else:
            goes_along = named is None and other == self.asked.to.pk
            who = None if goes_along else other
        if moves and who is not None:
            self.person.follow_ups[one.pk] = (named, who)

    def _goes_along(self, one: FollowUp) -> bool:
        """Whether the part that it is owed by moves."""
        team = self.hands.teams.get(self.person.patient_id, {}) | self.person.parts
        return _part_of(one, team) in self.person.parts


def _of_person(
    pk: int,
    team: Mapping[str, int],
    theirs: list[FollowUp],
    asked: HandOverAsked,
    hands: Recipients,
) -> PersonSorting:
    giver = asked.giver.pk if asked.giver else None
    sorting = PersonSorting(PersonInHand(pk), asked, hands, giver)
    if asked.kind == Kind.FOR_GOOD:
        for part in sorted(team):
            if team[part] == giver:
                sorting.add_part(part)
    last = asked.until_on or date.max
    for one in theirs:
        if one.earliest_on <= last:
            sorting.add_act(one)
    return sorting


def needs_of(part: str) -> Permission:
    """What whoever holds a part has to be allowed to."""
    return NEEDS.get(CareTeamMember.Part(part), Permission.FOLLOW_UP_WORK)


def _assigned(
    asked: HandOverAsked,
    ids: list[int],
    hands: Recipients,
    open_of: Mapping[int, list[FollowUp]],
) -> HandPlan:
    """One part of everybody; or of those whose it is in one pair of hands, and then what
    was given to these by name for it goes along. Sorted by right as any hand-over."""
    people: list[PersonInHand] = []
    elsewhere: list[GoesElsewhere] = []
    for pk in ids:
        team = hands.teams.get(pk, {})
        holder = team.get(asked.part)
        if holder == asked.to.pk or (asked.giver and holder != asked.giver.pk):
            continue
        person = PersonInHand(pk, {asked.part: asked.to.pk})
        sorting = PersonSorting(person, asked, hands, holder)
        team = {**team, asked.part: asked.to.pk}
        for one in open_of.get(pk, ()):
            by_part = one.assigned_to_id is None and _part_of(one, team) == asked.part
            by_name = asked.giver and one.assigned_to_id == holder
            if by_part or (by_name and asked.part in PARTS[one.assigned_role]):
                sorting.add_act(one)
        people.append(person)
        elsewhere += sorting.elsewhere
    return HandPlan(asked, tuple(people), tuple(elsewhere), len(ids) - len(people))


def givers_of(clinic: Clinic, patient_ids: Iterable[int]) -> dict[Staff, int]:
    """Who holds these people, by part or by name, and how many of them; most first."""
    ids = list(patient_ids)
    people: dict[int, set[int]] = defaultdict(set)
    parts = CareTeamMember.objects.filter(
        clinic=clinic, until_at=None, patient__in=ids
    ).values_list("staff", "patient")
    named = FollowUp.objects.open().filter(
        clinic=clinic, patient__in=ids, assigned_to__isnull=False
    )
    for staff, pk in (*parts, *named.values_list("assigned_to", "patient")):
        people[staff].add(pk)
    staff_by_pk = Staff.objects.in_bulk(list(people))
    most_first = sorted(
        people, key=lambda pk: (-len(people[pk]), staff_by_pk[pk].name, pk)
    )
    return {staff_by_pk[pk]: len(people[pk]) for pk in most_first}
