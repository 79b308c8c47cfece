"""Giving an instrument: what is typed is a draft until it is kept."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from accounts.tenancy import clinic_day
from assessments.actions.measures import OnRecordAlready, record_assessment
from assessments.models import Assessment, AssessmentDraft
from patients.actions.registry import refuse_after_death
from patients.models import Patient


def keep_draft(
    *,
    patient: Patient,
    instrument: str,
    typed: Mapping[str, str],
    by: Staff,
    at: datetime,
) -> AssessmentDraft:
    """Keep what was typed so far; the newest replaces the one before."""
    draft, _ = AssessmentDraft.objects.update_or_create(
        clinic_id=patient.clinic_id,
        patient=patient,
        instrument=instrument,
        staff=by,
        defaults={"typed": dict(typed), "saved_at": at},
    )
    return draft


def discard_draft(*, patient: Patient, instrument: str, by: Staff) -> bool:
    """Forget what this person on the staff typed; False where there was nothing."""
    gone, _ = AssessmentDraft.objects.filter(
        patient=patient, instrument=instrument, staff=by
    ).delete()
    return bool(gone)


@transaction.atomic
def give_instrument(
    *,
    patient: Patient,
    instrument: str,
    answers: Mapping[str, object],
    context: Mapping[str, object],
    mode: str,
    given_at: datetime,
    amends: Assessment | None = None,
    by: Staff,
    at: datetime,
) -> Assessment:
    """Record the instrument, and the draft that it was typed in is gone.

    Refused where the same answers of the same moment are on record.
    """
    refuse_after_death(patient, clinic_day(patient.clinic, given_at))
    assessment = record_assessment(
        patient=patient,
        instrument=instrument,
        answers=answers,
        context=context,
        mode=mode,
        given_at=given_at,
        amends=amends,
        by=by,
        at=at,
    )
    if amends is None:
        _refuse_given_again(assessment)
        discard_draft(patient=patient, instrument=assessment.instrument, by=by)
    return assessment


def _refuse_given_again(assessment: Assessment) -> None:
    same = Assessment.objects.filter(
        patient=assessment.patient_id,
        instrument=assessment.instrument,
        given_at=assessment.given_at,
        answers=assessment.answers,
        error_at=None,
    )
    if same.exclude(pk=assessment.pk).exists():
        raise OnRecordAlready(
            "The same answers of that moment are on record already.", "given_at"
        )
