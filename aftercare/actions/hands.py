"""Handing people over: for good, until a day, all of them while away; and back again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from accounts import audit, tenancy
from accounts.access import may_at
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from accounts.tenancy import clinic_day
from aftercare.actions.hand_plan import (
    HandOverAsked,
    HandPlan,
    needs_of,
    plan_hand_over,
)
from aftercare.actions.reconcile import held, reconcile_people
from aftercare.models import FollowUp, HandedPerson, HandOver
from knowledge.wording.dates import day_named
from patients.actions.care_team import PartMove, hand_parts_over
from patients.actions.registry import closed_outside_team
from patients.models import CareTeamMember, Patient

Kind = HandOver.Kind
# The part that is shared out evenly.
SHARED = CareTeamMember.Part.CARE_MANAGER
SEEN_OTHERWISE = "Look at what moves first; then press once more."

# Sees how many there are, and no more.
COUNTS = "system:hands"
CLOSED = "this chart is closed, and its care team alone decides that."


class CannotHandOver(Refused):
    """It cannot be handed over so."""


class WrongHands(CannotHandOver):
    """Whoever was chosen cannot take it."""

    field = "to"


class WrongDays(CannotHandOver):
    """The days of a cover do not follow each other, or are over."""

    field = "until_on"


class DaysBegun(CannotHandOver):
    """The first day of an absence lies before today."""

    field = "since_on"


class ClosedAmongThem(CannotHandOver):
    """Whoever is not on the team of a closed chart does not decide who is."""


class NotYetSeen(CannotHandOver):
    """What it would move stood otherwise on the page, or not at all."""


class NotTheirsToGive(RightMissing):
    """Moving other people's work is for who may change the care team."""


class TakenBackAlready(Refused):
    """A hand-over is taken back once."""


@transaction.atomic
def hand_over(
    *,
    clinic: Clinic,
    asked: HandOverAsked,
    people: Iterable[int],
    words: str = "",
    words_of: Mapping[int, str] | None = None,
    seen: str,
    by: Staff,
    at: datetime,
) -> HandOver:
    """Give people into other hands, as it stood on the page: `seen` is its digest."""
    on = clinic_day(clinic, at)
    refuse_hands(clinic, asked, by=by, on=on)
    people = _people_of(people, by=by)
    plan = plan_hand_over(clinic, people, asked, on=on)
    if not plan.people:
        raise CannotHandOver("Nobody of them moves: they are in these hands already.")
    if seen != plan.digest:
        raise NotYetSeen(SEEN_OTHERWISE)
    made = _record(clinic, asked, words, since_on=on, by=by, at=at)
    before = _move(clinic, plan, by=by, at=at)
    told = words_of or {}
    HandedPerson.objects.bulk_create(
        HandedPerson(
            clinic=clinic,
            hand_over=made,
            patient_id=one.patient_id,
            words=told.get(one.patient_id, ""),
            moved={
                "parts": {
                    part: [before[one.patient_id, part], who]
                    for part, who in one.parts.items()
                    if (one.patient_id, part) in before
                },
                "follow_ups": {str(pk): pair for pk, pair in one.follow_ups.items()},
            },
        )
        for one in plan.people
    )
    _note(clinic, made, [one.patient_id for one in plan.people], by=by, at=at)
    return made


def _people_of(people: Iterable[int], *, by: Staff) -> list[int]:
    """Those people, held: each by somebody who decides who looks after them."""
    rows = held(people)
    closed = closed_outside_team((one.pk for one in rows), by)
    if closed:
        names = ", ".join(one.shown_name for one in rows if one.pk in closed)
        raise ClosedAmongThem(f"{names}: {CLOSED} Choose the others alone.")
    return [one.pk for one in rows]


def _note(
    clinic: Clinic, made: HandOver, people: list[int], *, by: Staff, at: datetime
) -> None:
    """A line of the audit a person; whatever moved is reckoned anew."""
    rows = [Patient(pk=pk, clinic=clinic) for pk in people]
    facts = {"hand_over": made.pk, "to": made.to_staff_id}
    if made.kind == Kind.ASSIGNED:
        told = facts | {"part": made.part}
        audit.record_many(
            "hand_over.assigned", [(one, told) for one in rows], by=by, at=at
        )
    else:
        told = facts | {"kind": made.kind}
        audit.record_many("hand_over.made", [(one, told) for one in rows], by=by, at=at)
    if made.until_on is None:
        reconcile_people(held(people), clinic=clinic, by=by, at=at)


def _record(
    clinic: Clinic,
    asked: HandOverAsked,
    words: str,
    *,
    since_on: date,
    by: Staff,
    at: datetime,
) -> HandOver:
    return HandOver.objects.create(
        clinic=clinic,
        kind=asked.kind,
        from_staff=asked.giver,
        to_staff=asked.to,
        part=asked.part,
        since_on=since_on,
        until_on=asked.until_on,
        words=words,
        made_at=at,
        made_by=by,
    )


def _move(
    clinic: Clinic, plan: HandPlan, *, by: Staff, at: datetime
) -> dict[tuple[int, str], int | None]:
    """Parts, then follow-ups: those whose new hand is another hear of it anew."""
    before = hand_parts_over(
        clinic=clinic,
        moves=[
            PartMove(one.patient_id, part, who)
            for one in plan.people
            for part, who in one.parts.items()
        ],
        by=by,
        at=at,
    )
    by_hand: dict[int, list[int]] = defaultdict(list)
    for one in plan.people:
        for pk, (_, who) in one.follow_ups.items():
            by_hand[who].append(pk)
    for who, pks in by_hand.items():
        FollowUp.objects.open().filter(pk__in=pks).update(
            assigned_to=who, given_at=at, reminded_at=None, escalated_at=None
        )
    return before


def refuse_hands(clinic: Clinic, asked: HandOverAsked, *, by: Staff, on: date) -> None:
    """Refuse a hand-over that nobody may make, or nobody could take."""
    if asked.to == asked.giver:
        raise WrongHands("That is who has them now. Choose somebody else.")
    is_own = asked.giver == by and asked.kind in (Kind.COVER, Kind.AWAY)
    shares = asked.part == SHARED and may_at(by, clinic.pk, Permission.CASELOAD_SHARE)
    if not (is_own or shares or may_at(by, clinic.pk, Permission.PATIENT_EDIT)):
        raise NotTheirsToGive(
            "Whoever may change the care team hands over for good, or for others."
        )
    if not asked.to.is_active or not may_at(asked.to, clinic.pk, _needed(asked)):
        raise WrongHands(f"{asked.to.name} may not take this over.")
    if asked.until_on is not None:
        _refuse_days(clinic, asked, since_on=on, on=on)


def _needed(asked: HandOverAsked) -> Permission:
    return needs_of(asked.part) if asked.part else Permission.FOLLOW_UP_WORK


def _refuse_days(
    clinic: Clinic, asked: HandOverAsked, *, since_on: date, on: date
) -> None:
    until = asked.until_on
    assert until is not None  # noqa: S101 - asked for covers alone
    if until < max(since_on, on):
        raise WrongDays("This day is over. Choose today or later.")
    away = (
        HandOver.objects.not_over(on=since_on)
        .filter(clinic=clinic, kind=Kind.AWAY, from_staff=asked.to, since_on__lte=until)
        .first()
    )
    if away is not None and away.until_on is not None:
        last = day_named(away.until_on, on)
        raise WrongHands(f"{asked.to.name} is away until {last}. Choose somebody else.")


@transaction.atomic
def go_away(
    *,
    clinic: Clinic,
    staff: Staff,
    to: Staff,
    since_on: date,
    until_on: date,
    words: str = "",
    by: Staff,
    at: datetime,
) -> HandOver:
    """Have everybody of one colleague covered while they are away; nothing moves, and
    it ends by itself."""
    on = clinic_day(clinic, at)
    Staff.objects.select_for_update(of=("self",)).get(pk=staff.pk)
    asked = HandOverAsked(Kind.AWAY, to, staff, until_on=until_on)
    if since_on < on:
        raise DaysBegun("This day is over. Choose today or later.")
    if by != staff and not may_at(by, clinic.pk, Permission.PATIENT_EDIT):
        raise NotTheirsToGive("Somebody who may change the care team arranges it.")
    if to == staff:
        raise WrongHands("Nobody covers for themselves. Choose somebody else.")
    if not to.is_active or not may_at(to, clinic.pk, Permission.FOLLOW_UP_WORK):
        raise WrongHands(f"{to.name} may not take this over.")
    _refuse_days(clinic, asked, since_on=since_on, on=on)
    _refuse_second(clinic, staff, since_on, until_on, on=on)
    made = _record(clinic, asked, words, since_on=since_on, by=by, at=at)
    audit.record("hand_over.away", made, by=by, at=at, to=to.pk)
    return made


def _refuse_second(
    clinic: Clinic, staff: Staff, since_on: date, until_on: date, *, on: date
) -> None:
    """Of the same days there is one cover of everybody."""
    known = HandOver.objects.not_over(on=since_on).filter(
        clinic=clinic, kind=Kind.AWAY, from_staff=staff, since_on__lte=until_on
    )
    other = known.select_related("to_staff").first()
    if other is not None and other.until_on is not None:
        last = day_named(other.until_on, on)
        raise WrongDays(
            f"{other.to_staff.name} covers until {last} already. Take that back first."
        )


@transaction.atomic
def take_back_hand_over(*, hand: HandOver, by: Staff, at: datetime) -> list[HandOver]:
    """Undo a hand-over with all that was made in the same act: a cover ends, and what
    moved goes back, where it is still in the hands that it was given to."""
    rows = HandOver.objects.select_for_update(of=("self",)).select_related("clinic")
    row = rows.get(pk=hand.pk)
    if row.taken_back_at is not None:
        raise TakenBackAlready("This was taken back already.")
    if by not in (row.made_by, row.from_staff) and not may_at(
        by, row.clinic_id, Permission.PATIENT_EDIT
    ):
        raise NotTheirsToGive("Whoever handed over, or changes care teams, does this.")
    same = rows.filter(
        clinic=row.clinic, made_at=row.made_at, made_by=row.made_by, taken_back_at=None
    )
    found = list(same.order_by("pk"))
    handed = list(HandedPerson.objects.filter(hand_over__in=found).order_by("pk"))
    people = held({one.patient_id for one in handed})
    if row.until_on is None:
        _refuse_closed(row.clinic, found, handed, by=by)
    _move_back(row.clinic, handed, by=by, at=at)
    same.update(taken_back_at=at, taken_back_by=by)
    audit.record_many(
        "hand_over.taken_back",
        [(one, {"hand_over": row.pk}) for one in people],
        by=by,
        at=at,
    )
    if not people:
        audit.record("hand_over.cover_ended", row, by=by, at=at)
    elif row.until_on is None:
        reconcile_people(people, clinic=row.clinic, by=by, at=at)
    return found


def _refuse_closed(
    clinic: Clinic, found: list[HandOver], handed: list[HandedPerson], *, by: Staff
) -> None:
    """Refuse to give back people whose charts are closed to whoever asks: half of it
    would stay, and nobody could take that back any more."""
    with tenancy.clinics([clinic.pk], actor=COUNTS):
        everybody = HandedPerson.objects.filter(hand_over__in=found).count()
    seen = {one.patient_id for one in handed}
    closed = everybody - len(handed) + len(closed_outside_team(seen, by))
    if closed:
        who = "1 of them has" if closed == 1 else f"{closed} of them have"
        raise ClosedAmongThem(
            f"{who} a closed chart: somebody of that care team takes this back."
            " Nothing has moved."
        )


def _move_back(
    clinic: Clinic, handed: list[HandedPerson], *, by: Staff, at: datetime
) -> None:
    here = set(Staff.objects.active().at_clinic(clinic).values_list("pk", flat=True))
    teams = {
        (pk, part): staff
        for pk, part, staff in _teams(clinic, [h.patient_id for h in handed])
    }
    moves: list[PartMove] = []
    named: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    for one in handed:
        for part, (was, given) in one.moved.get("parts", {}).items():
            is_there = teams.get((one.patient_id, part)) == given
            if is_there and (was is None or was in here):
                moves.append(PartMove(one.patient_id, part, was))
        by_name = one.moved.get("follow_ups", {}).items()
        still_here = (told for told in by_name if told[1][0] in (None, *here))
        for pk, (was, given) in still_here:
            named[was, given].append(int(pk))
    hand_parts_over(clinic=clinic, moves=moves, by=by, at=at)
    for (was, given), pks in named.items():
        FollowUp.objects.open().filter(pk__in=pks, assigned_to=given).update(
            assigned_to=was,
            given_at=at if was else None,
            reminded_at=None,
            escalated_at=None,
        )


def _teams(clinic: Clinic, people: list[int]) -> Iterable[tuple[int, str, int]]:
    """Who holds which part in the care of these people."""
    rows = CareTeamMember.objects.filter(
        clinic=clinic, until_at=None, patient__in=people
    )
    return rows.values_list("patient_id", "part", "staff_id")


@transaction.atomic
def even_load_out(
    *,
    clinic: Clinic,
    moves: Mapping[tuple[Staff, Staff], list[int]],
    by: Staff,
    at: datetime,
) -> list[HandOver]:
    """Carry a suggestion out: some people each from one care manager to another; all of it
    is taken back at once."""
    on, made = clinic_day(clinic, at), []
    for (giver, taker), people in moves.items():
        asked = HandOverAsked(Kind.ASSIGNED, taker, giver, SHARED)
        plan = plan_hand_over(clinic, people, asked, on=on)
        one = hand_over(
            clinic=clinic,
            asked=asked,
            people=people,
            seen=plan.digest,
            by=by,
            at=at,
        )
        made.append(one)
    return made
