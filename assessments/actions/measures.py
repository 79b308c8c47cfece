"""Recording instruments and measurements, amending them, taking errors out."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.actions import concerns
from assessments.models import Assessment, Observation
from assessments.observations.kinds import BY_CODE
from assessments.signals import assessment_recorded
from knowledge.instruments.declaration import Status
from knowledge.instruments.reading import ItemError
from knowledge.instruments.registry import Instrument, find
from knowledge.instruments.scoring import Score, score_with
from patients.actions.registry import refuse_before_birth, refuse_outside_life
from patients.models import Patient


class AnswersRefused(Refused):
    """Some answers are not among those that the instrument allows."""

    def __init__(self, errors: tuple[ItemError, ...]) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors


class NothingAnswered(Refused):
    """An instrument without a single answer is not recorded."""


class NotAmendable(Refused):
    """Only what stands, of the same person and instrument, can be amended."""


class AlreadyInError(Refused):
    """It was marked as entered in error before."""


class NoReason(Refused):
    """An error needs its reason."""


class OnRecordAlready(Refused):
    """The same was recorded of the same moment."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def record_assessment(
    *,
    patient: Patient,
    instrument: str,
    answers: Mapping[str, object],
    context: Mapping[str, object] | None = None,
    mode: str = Assessment.Mode.STAFF,
    given_at: datetime | None = None,
    amends: Assessment | None = None,
    source_key: str = "",
    result: Score | None = None,
    by: Staff | None,
    at: datetime,
) -> Assessment:
    """Keep an instrument as it was answered, scored here unless `result` is its score
    already; an amendment is a new row."""
    given_on = clinic_day(patient.clinic, given_at or at)
    refuse_before_birth(patient, given_on, field="given_at")
    declared = find(instrument)
    result = result or score_with(declared, answers, context or {})
    if result.status is Status.INVALID:
        raise AnswersRefused(result.errors)
    if all(value is None for value in answers.values()):
        raise NothingAnswered("Answer at least one question.")
    if amends is not None:
        _may_amend(amends, patient, declared.key)
    assessment = _save(
        Assessment(
            clinic_id=patient.clinic_id,
            patient=patient,
            instrument=declared.key,
            instrument_version=declared.version,
            answers=dict(result.values),
            context={**_measured(declared, answers), **(context or {})},
            mode=mode,
            given_at=given_at or at,
            given_by=by,
            amends=amends,
            source_key=source_key,
        ),
        result,
    )
    verb = "assessment.amended" if amends else "assessment.recorded"
    audit.record(verb, assessment, by=by, at=at, instrument=declared.key)
    concerns.weigh(assessment=assessment, by=by, at=at)
    assessment_recorded.send(sender=Assessment, assessment=assessment, by=by, at=at)
    return assessment


def _measured(declared: Instrument, answers: Mapping[str, object]) -> dict[str, object]:
    """What was measured and only then coded, such as the pulse in beats."""
    raws = {derivation.raw for derivation in declared.derivations}
    return {name: answers[name] for name in sorted(raws & answers.keys())}


def _save(assessment: Assessment, result: Score) -> Assessment:
    assessment.total = None if result.total is None else Decimal(str(result.total))
    assessment.band = result.band or ""
    assessment.subscales = dict(result.subscales)
    assessment.flags = list(result.flags)
    assessment.status = result.status.value
    try:
        with transaction.atomic():
            assessment.save()
    except IntegrityError:
        raise NotAmendable("This was amended before. Amend the newer one.") from None
    return assessment


def _may_amend(before: Assessment, patient: Patient, instrument: str) -> None:
    is_same = before.patient_id == patient.pk and before.instrument == instrument
    if not is_same or before.status == Assessment.Status.ENTERED_IN_ERROR:
        raise NotAmendable("This cannot be amended; record it anew.")


@transaction.atomic
def mark_entered_in_error(
    *, assessment: Assessment, reason: str, by: Staff, at: datetime
) -> Assessment:
    """Take a result out of every calculation; it stays readable, with the reason."""
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if assessment.status == Assessment.Status.ENTERED_IN_ERROR:
        raise AlreadyInError("This was marked as entered in error before.")
    assessment.status = Assessment.Status.ENTERED_IN_ERROR
    _note_error(assessment, reason, by, at)
    assessment.save(update_fields=["status", "error_reason", "error_at", "error_by"])
    audit.record("assessment.entered_in_error", assessment, by=by, at=at)
    concerns.withdraw(assessment=assessment, words=concerns.IN_ERROR, by=by, at=at)
    return assessment


def _note_error(
    row: Assessment | Observation, reason: str, by: Staff | None, at: datetime
) -> None:
    if not reason.strip():
        raise NoReason("Say what was wrong.")
    row.error_reason, row.error_at, row.error_by = reason.strip(), at, by


@transaction.atomic
def record_observation(
    *,
    patient: Patient,
    code: str,
    value: Decimal | None = None,
    text: str = "",
    low_limit: Decimal | None = None,
    high_limit: Decimal | None = None,
    entered: str = "",
    effective_at: datetime,
    source: str = "",
    source_key: str = "",
    by: Staff | None,
    at: datetime,
) -> Observation:
    """Keep one measured value in the unit of its kind, with its laboratory's limits."""
    measure = BY_CODE[code]
    measured_on = clinic_day(patient.clinic, effective_at)
    refuse_outside_life(patient, measured_on, field="effective_at")
    if not source_key:
        _refuse_measured_again(patient, code, value, text, effective_at)
    observation = Observation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        code=code,
        value=value,
        text=text,
        unit=measure.unit,
        low_limit=low_limit,
        high_limit=high_limit,
        entered=entered,
        effective_at=effective_at,
        source=source,
        source_key=source_key,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("observation.recorded", observation, by=by, at=at, code=code)
    return observation


def _refuse_measured_again(
    patient: Patient, code: str, value: Decimal | None, text: str, at: datetime
) -> None:
    """Refuse what somebody typed that is on record of the same moment. The row of the
    person is held, so that of two at once the second is told."""
    same = Observation.objects.filter(
        patient=patient,
        code=code,
        value=value,
        text=text,
        effective_at=at,
        error_at=None,
    )
    if same.exists():
        raise OnRecordAlready(
            "The same result of that moment is on record already.", "effective_at"
        )


@transaction.atomic
def mark_observation_in_error(
    *, observation: Observation, reason: str, by: Staff | None, at: datetime
) -> Observation:
    """Take a measured value out of every calculation; it stays readable."""
    observation = Observation.objects.select_for_update().get(pk=observation.pk)
    if observation.error_at is not None:
        raise AlreadyInError("This was marked as entered in error before.")
    _note_error(observation, reason, by, at)
    observation.save(update_fields=["error_reason", "error_at", "error_by"])
    audit.record("observation.entered_in_error", observation, by=by, at=at)
    return observation
