"""Tasks of a medication decision, owed from that moment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, OuterRef, Value
from django.db.models.functions import Greatest

from accounts import audit
from accounts.clinic_settings.days import open_days_of
from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from knowledge.schedule.open_days import OpenDays
from medications.models import MedicationDecision
from medications.options.tasks_of_choice import DecisionTask

NO_LONGER = "A newer medication decision took its place."
TAKEN_OVER = "It is owed without it."
# What a signed plan promises by itself, so that nobody is called twice.
OF_DECISION = ":decision:"
PROMISED_BY_PLAN = ("contact", "naloxone_handover")


def on_medication_decided(
    *,
    decision: MedicationDecision,
    follows: Sequence[DecisionTask],
    by: Staff,
    at: datetime,
    **_: object,
) -> None:
    """Hears `medication_decided`, inside its transaction: owe what it writes.

    What an earlier decision brought and is still open is owed no more.
    """
    today = clinic_day(decision.clinic, at)
    dropped = _of_earlier(decision).update(
        status=FollowUp.Status.CANCELLED, closed_at=at, closed_by=by, outcome=NO_LONGER
    )
    days = open_days_of(decision.clinic)
    rows = [_row(decision, one, today, days, at) for one in follows]
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)
    audit.record(
        "follow_ups.called_for",
        decision,
        by=by,
        at=at,
        added=len(rows),
        cancelled=dropped,
    )


def take_over(
    *, patient_ids: Iterable[int], on: date, by: Staff | None, at: datetime
) -> int:
    """What the decision called for and is promised as soon is owed once.

    Before the first dose nobody else promises a call of the first days: the decision's
    stays.
    """
    today = Value(on, DateField())
    as_soon = FollowUp.objects.open().filter(
        patient=OuterRef("patient"),
        kind=OuterRef("kind"),
        origin=FollowUp.Origin.PLAN,
        due_on__lte=Greatest(OuterRef("latest_on"), today),
    )
    called_for = FollowUp.objects.open().filter(
        patient__in=list(patient_ids),
        key__contains=OF_DECISION,
        kind__in=PROMISED_BY_PLAN,
    )
    return called_for.filter(Exists(as_soon)).update(
        status=FollowUp.Status.CANCELLED, closed_at=at, closed_by=by, outcome=TAKEN_OVER
    )


def _of_earlier(decision: MedicationDecision) -> FollowUpQuerySet:
    born = _born_of_decisions(decision.patient_id)
    return born.exclude(key__startswith=prefix(decision))


def _born_of_decisions(patient_id: int) -> FollowUpQuerySet:
    return FollowUp.objects.open().filter(
        patient=patient_id, key__startswith=f"{patient_id}{OF_DECISION}"
    )


def prefix(decision: MedicationDecision) -> str:
    """How the keys of everything begin that a decision brought."""
    return f"{decision.patient_id}{OF_DECISION}{decision.pk}:"


def _row(
    decision: MedicationDecision,
    one: DecisionTask,
    today: date,
    days: OpenDays,
    at: datetime,
) -> FollowUp:
    first = today + timedelta(days=one.after)
    last = max(first, today + timedelta(days=one.within))
    is_due = one.after == 0
    return FollowUp(
        clinic_id=decision.clinic_id,
        patient_id=decision.patient_id,
        key=f"{prefix(decision)}{one.key}",
        kind=one.kind,
        title=one.title.rstrip("."),
        reason=one.reason,
        cite=one.cite,
        verified=one.verified[:60],
        origin=FollowUp.Origin.EVENT,
        earliest_on=first,
        due_on=days.within(last, first, last),
        latest_on=last,
        assigned_role=one.role,
        status=FollowUp.Status.DUE if is_due else FollowUp.Status.PLANNED,
        created_at=at,
    )
