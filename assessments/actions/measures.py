"""Recording instruments and measurements, amending them, taking errors out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.actions import concerns
from assessments.models import Assessment, Observation
from assessments.observations.kinds import BY_CODE
from assessments.observations.reading import LabResult
from assessments.observations.urgent import urgent_in
from assessments.picture.assemble import picture_of
from assessments.signals import assessment_recorded
from knowledge.instruments.declaration import Status
from knowledge.instruments.reading import ItemError
from knowledge.instruments.registry import Instrument, find
from knowledge.instruments.scoring import Score, score_with
from knowledge.urgent_results import UrgentResult
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
def record_results(
    *,
    patient: Patient,
    results: Iterable[LabResult],
    effective_at: datetime,
    source: str = "",
    by: Staff,
    at: datetime,
) -> list[Observation]:
    """Keep the results that one line told, all of them or none."""
    return [
        record_observation(
            patient=patient,
            **asdict(result),
            effective_at=effective_at,
            source=source,
            by=by,
            at=at,
        )
        for result in results
    ]


@transaction.atomic
def record_observation(
    *,
    patient: Patient,
    code: str,
    value: Decimal | None = None,
    text: str = "",
    comparator: str = "",
    low_limit: Decimal | None = None,
    high_limit: Decimal | None = None,
    flag: str = "",
    entered: str = "",
    effective_at: datetime,
    source: str = "",
    source_key: str = "",
    by: Staff | None,
    at: datetime,
) -> Observation:
    """Keep one measured value in the unit of its kind, with its laboratory's limits; one
    that cannot wait raises a concern."""
    measured_on = clinic_day(patient.clinic, effective_at)
    refuse_outside_life(patient, measured_on, field="effective_at")
    result = LabResult(
        code, value, text, comparator, low_limit, high_limit, flag, entered
    )
    if not source_key:
        _refuse_measured_again(patient, result, effective_at)
    urgent = _urgent_in(result, patient, measured_on, at)
    observation = Observation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        **asdict(result),
        unit=BY_CODE[code].unit if value is not None else "",
        effective_at=effective_at,
        source=source,
        source_key=source_key,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("observation.recorded", observation, by=by, at=at, code=code)
    if urgent is not None:
        concerns.raise_for_result(observation=observation, urgent=urgent, by=by, at=at)
    return observation


def _urgent_in(
    result: LabResult, patient: Patient, measured_on: date, at: datetime
) -> UrgentResult | None:
    """Whether it cannot wait, by what was known before it."""
    return urgent_in(
        result,
        days_old=(clinic_day(patient.clinic, at) - measured_on).days,
        known=cache(partial(picture_of, patient, at=at)),
    )


def _refuse_measured_again(patient: Patient, result: LabResult, at: datetime) -> None:
    """Refuse what somebody typed that is on record of the same moment. The row of the
    person is held, so that of two at once the second is told."""
    same = Observation.objects.filter(
        patient=patient,
        code=result.code,
        value=result.value,
        comparator=result.comparator,
        text=result.text,
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
    concerns.withdraw_result(observation=observation, by=by, at=at)
    return observation
