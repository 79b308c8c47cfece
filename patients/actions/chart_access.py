"""Closing a chart to all but the team, opening it in an emergency, and the review."""

from datetime import date, datetime, timedelta

import holidays
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.consents.content import period
from patients.actions.opening_alerts import owe_alerts
from patients.actions.registry import refuse_outside_team
from patients.models import (
    ChartRestriction,
    EmergencyOpening,
    OpeningReview,
    Patient,
)

SATURDAY = 5


class ChartClosed(Refused):
    """The chart is closed, or is not, against what the act needs."""


class NobodyLeft(Refused):
    """A chart without a team would be closed to everybody."""

    field = "reason"


class ReviewedAlready(Refused):
    """An emergency opening is judged once."""


def next_working_day(day: date) -> date:
    """The first day after this one that is neither a weekend nor a federal holiday."""
    after = day + timedelta(days=1)
    free = holidays.country_holidays("US", years=(after.year, after.year + 1))
    while after.weekday() >= SATURDAY or after in free:
        after += timedelta(days=1)
    return after


@transaction.atomic
def restrict_chart(
    *, patient: Patient, reason: str, by: Staff, at: datetime
) -> ChartRestriction:
    """Close a chart to everybody but the care team as it stands, from the next page on."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    team = patient.care_team.filter(until_at=None)
    if not team.exists():
        raise NobodyLeft("Nobody is on the care team: choose it first.")
    if not team.filter(staff=by).exists():
        raise NobodyLeft(
            "You are not on the care team, and would close it to yourself."
        )
    if patient.restrictions.filter(lifted_at=None).exists():
        raise ChartClosed("This chart is closed already.")
    row = ChartRestriction.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        mrn=patient.mrn,
        reason=reason,
        restricted_at=at,
        restricted_by=by,
    )
    audit.record("chart.restricted", row, by=by, at=at)
    return row


@transaction.atomic
def lift_restriction(*, patient: Patient, by: Staff, at: datetime) -> ChartRestriction:
    """Open a chart to all clinical staff again."""
    refuse_outside_team(patient, by)
    rows = ChartRestriction.objects.select_for_update(of=("self",))
    row = rows.filter(patient=patient, lifted_at=None).first()
    if row is None:
        raise ChartClosed("This chart is not closed.")
    row.lifted_at, row.lifted_by = at, by
    row.save(update_fields=["lifted_at", "lifted_by"])
    audit.record("chart.restriction_lifted", row, by=by, at=at)
    return row


@transaction.atomic
def open_in_emergency(
    *, restriction: ChartRestriction, why: str, words: str, by: Staff, at: datetime
) -> EmergencyOpening:
    """Open a closed chart to one person on the staff, for as long as an emergency takes.

    It closes by itself. Somebody judges it within one working day.
    """
    row = EmergencyOpening.objects.create(
        clinic_id=restriction.clinic_id,
        patient_id=restriction.patient_id,
        mrn=restriction.mrn,
        staff=by,
        why=why,
        words=words,
        opened_at=at,
        until_at=at + timedelta(minutes=period("opening_minutes")),
        due_on=next_working_day(clinic_day(restriction.clinic, at)),
    )
    owe_alerts(row)
    audit.record("chart.opened_in_emergency", row, by=by, at=at, reason=why)
    return row


@transaction.atomic
def review_opening(
    *, opening: EmergencyOpening, judgement: str, note: str, by: Staff, at: datetime
) -> OpeningReview:
    """Keep what was found of it; nobody judges their own."""
    if opening.staff_id == by.pk:
        raise ReviewedAlready("Your own opening is judged by somebody else.")
    try:
        with transaction.atomic():
            row = OpeningReview.objects.create(
                clinic_id=opening.clinic_id,
                patient_id=opening.patient_id,
                opening=opening,
                judgement=judgement,
                note=note,
                reviewed_at=at,
                reviewed_by=by,
            )
    except IntegrityError:
        raise ReviewedAlready("Somebody has judged this already.") from None
    audit.record("chart.opening_reviewed", row, by=by, at=at, judgement=judgement)
    return row
