"""Ending what is owed with a death that a second person confirms."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from aftercare.actions.alerts import end_at_death, take_up_after_death
from aftercare.models import FollowUp
from patients.actions import deaths
from patients.models import DeathRecord

DIED = "The person has died."


@transaction.atomic
def confirm_death(*, record: DeathRecord, by: Staff, at: datetime) -> DeathRecord:
    """Confirm it; nothing is owed to the person from then on. Orders and links end by
    themselves with the day of death, and with its correction go on."""
    record = deaths.confirm_death(record=record, by=by, at=at)
    closed = (
        FollowUp.objects.open()
        .filter(patient=record.patient_id)
        .update(
            status=FollowUp.Status.CANCELLED, closed_at=at, closed_by=by, outcome=DIED
        )
    )
    audit.record("follow_ups.settled", record, by=by, at=at, closed=closed)
    end_at_death(patient=record.patient, by=by, at=at)
    return record


@transaction.atomic
def correct_death(*, record: DeathRecord, by: Staff, at: datetime) -> DeathRecord:
    """Put a mistaken death right; what it ended is owed again."""
    record = deaths.correct_death(record=record, by=by, at=at)
    ended = FollowUp.objects.filter(
        patient=record.patient_id,
        status=FollowUp.Status.CANCELLED,
        closed_at=record.confirmed_at,
        outcome=DIED,
    )
    # What time has made of each since, the sweep says.
    opened = ended.update(
        status=FollowUp.Status.PLANNED, closed_at=None, closed_by=None, outcome=""
    )
    audit.record("follow_ups.taken_up", record, by=by, at=at, opened=opened)
    take_up_after_death(
        patient=record.patient, ended_at=record.confirmed_at, by=by, at=at
    )
    return record
