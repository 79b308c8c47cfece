"""Trying to reach a person, and what follows from it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from aftercare.actions.reconcile import status_on
from aftercare.models import (
    FollowUp,
    OutreachAttempt,
    OutreachCall,
    PersonMessage,
)
from aftercare.owed.tries import OF_REFERRAL, next_try, next_try_after_referral
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.schedule.reaching import reaching
from patients.models import Disclosure, Patient, SupportPerson

Outcome = OutreachAttempt.Outcome
REACHED = (Outcome.REACHED_COMING, Outcome.REACHED_NOT_COMING)
FACE_TO_FACE = (OutreachAttempt.Channel.IN_PERSON, OutreachAttempt.Channel.VIDEO)
# Speaking with the person is all that these promise.
SPOKEN = ("call", "outreach", "injection_reminder")
# A promised contact of the first days may be a call (reference J1).
CALL_OR_VISIT = "Call or visit"
# In the pathway of an event: the emergency contact is owed a call of their own.
EMERGENCY = "emergency_contact"


class AlreadyTakenBack(Refused):
    """A contact is taken back once."""


class OutcomeOfAnotherWay(Refused):
    """A letter is not answered, and a call is not sent."""

    field = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDetails:
    """What a try by another way than a call says besides."""

    went: str = ""
    happened_on: date | None = None
    next_on: date | None = None
    support: SupportPerson | None = None
    disclosure: Disclosure | None = None
    message: PersonMessage | None = None


NO_DETAILS = AttemptDetails()


def settles(follow_up: FollowUp, *, channel: str) -> bool:
    """Whether reaching the person this way is what was promised.

    A visit is not kept by a call, and an examination not by a visit: those stay
    open until somebody says that they were done.
    """
    if follow_up.kind in SPOKEN:
        return True
    if follow_up.kind != "contact":
        return False
    return channel in FACE_TO_FACE or follow_up.title.startswith(CALL_OR_VISIT)


@transaction.atomic
def record_outreach(
    *,
    patient: Patient,
    outcome: str,
    channel: str = OutreachAttempt.Channel.PHONE,
    follow_up: FollowUp | None = None,
    note: str = "",
    details: AttemptDetails = NO_DETAILS,
    by: Staff,
    at: datetime,
) -> OutreachAttempt:
    """Keep a try. It closes the follow-up where reaching the person is what was owed; it
    moves nothing else, and sets the day of the next try at reaching them."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    if outcome not in reaching().ways[channel].outcomes:
        raise OutcomeOfAnotherWay("This way does not come to that. Choose again.")
    on = clinic_day(patient.clinic, at)
    closes = follow_up is not None and _close_if_settled(
        follow_up, outcome=outcome, channel=channel, by=by, at=at
    )
    attempt = OutreachAttempt.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        follow_up=follow_up,
        channel=channel,
        outcome=outcome,
        note=note,
        closed_follow_up=closes,
        went=details.went,
        happened_on=details.happened_on,
        next_on=details.next_on,
        support=details.support,
        disclosure=details.disclosure,
        message=details.message,
        made_at=at,
        made_by=by,
    )
    OutreachCall.objects.open().filter(patient=patient).update(ended_at=at)
    _set_next_tries(patient, on=on)
    audit.record(
        "outreach.recorded",
        attempt,
        by=by,
        at=at,
        way=channel,
        outcome=outcome,
        closed=closes,
    )
    return attempt


def _close_if_settled(
    follow_up: FollowUp, *, outcome: str, channel: str, by: Staff, at: datetime
) -> bool:
    is_passed_on = follow_up.kind == EMERGENCY and outcome == Outcome.PASSED_ON
    is_reached = outcome in REACHED and settles(follow_up, channel=channel)
    if not is_reached and not is_passed_on:
        return False
    closed = (
        FollowUp.objects.open()
        .filter(pk=follow_up.pk)
        .update(
            status=FollowUp.Status.DONE,
            closed_at=at,
            closed_by=by,
            outcome=str(Outcome(outcome).label),
        )
    )
    return bool(closed)


@transaction.atomic
def take_back_outreach(
    *, attempt: OutreachAttempt, by: Staff, at: datetime
) -> OutreachAttempt:
    """Undo a contact recorded by mistake: what it closed is owed again."""
    attempt = OutreachAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if attempt.taken_back_at is not None:
        raise AlreadyTakenBack("This contact was taken back already.")
    on = clinic_day(attempt.clinic, at)
    attempt.taken_back_at, attempt.taken_back_by = at, by
    attempt.save(update_fields=["taken_back_at", "taken_back_by"])
    if attempt.closed_follow_up and attempt.follow_up is not None:
        _reopen(attempt.follow_up, on=on)
    _set_next_tries(attempt.patient, on=on)
    audit.record("outreach.taken_back", attempt, by=by, at=at)
    return attempt


def _reopen(follow_up: FollowUp, *, on: date) -> None:
    FollowUp.objects.filter(pk=follow_up.pk, status=FollowUp.Status.DONE).update(
        status=status_on(
            on, earliest_on=follow_up.earliest_on, latest_on=follow_up.latest_on
        ),
        closed_at=None,
        closed_by=None,
        outcome="",
    )


def _set_next_tries(patient: Patient, *, on: date) -> None:
    """Work out the day of the next try at reaching the person, from the last try that
    stands; what is owed stays owed on its days."""
    owed = FollowUp.objects.open().filter(patient=patient, due_on__lte=on)
    last = (
        OutreachAttempt.objects.filter(patient=patient, taken_back_at=None)
        .order_by("-made_at", "-pk")
        .first()
    )
    rows = list(owed)
    for follow_up in rows:
        follow_up.next_try_on = None
        if last is not None and is_kept_by_reaching(follow_up.kind):
            follow_up.next_try_on = _next(follow_up, last, patient)
    FollowUp.objects.bulk_update(rows, ["next_try_on"])


def is_kept_by_reaching(kind: str) -> bool:
    """Whether a try at reaching the person is a try at this: a concern about their life,
    a result, a test or an order is not done by calling."""
    declared = follow_up_kind(kind)
    return not declared.is_safety and declared.kept_by in (
        KeptBy.CONTACT,
        KeptBy.VISIT,
    )


def _next(follow_up: FollowUp, last: OutreachAttempt, patient: Patient) -> date | None:
    tried_on = last.happened_on or clinic_day(patient.clinic, last.made_at)
    if tried_on < follow_up.due_on:
        return None
    if last.next_on is not None:
        return last.next_on
    if last.outcome in REACHED:
        # They were told; whether they came is looked at the next day.
        return tried_on + timedelta(days=1)
    if OF_REFERRAL in follow_up.key:
        return next_try_after_referral(follow_up.due_on, tried_on)
    return next_try(follow_up.due_on, tried_on)
