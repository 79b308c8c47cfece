"""Concerns that answers and results raise, open until somebody says what was done."""

from datetime import datetime
from textwrap import shorten

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.change.course import off_track
from assessments.models import Assessment, Concern, Observation
from assessments.models.concerns import OWN_WORDS
from assessments.observations.kinds import label_of
from assessments.scores.points import points_of
from assessments.signals import concern_raised, concern_resolved
from knowledge.change import change_figures
from knowledge.instruments.declaration import Danger, Endangered
from knowledge.instruments.registry import Instrument, find
from knowledge.urgent_results import UrgentResult
from patients.models import Patient

LEVELS = {
    Danger.LOW: Concern.Level.LOW,
    Danger.UNSCREENED: Concern.Level.UNSCREENED,
    Danger.MODERATE: Concern.Level.MODERATE,
    Danger.HIGH: Concern.Level.HIGH,
}
ON_TRACK = "The next score is on track again."
LONGEST = 300
# Of somebody's own words on one line.
LINE = 120
AMENDED = "The answers were amended."
IN_ERROR = "The answers were entered in error."
RESULT_IN_ERROR = "The result was entered in error."


class NothingSaid(Refused):
    """A concern is not resolved without words on what was done."""


class AlreadyResolved(Refused):
    """Somebody resolved it before."""


def weigh(*, assessment: Assessment, by: Staff | None, at: datetime) -> None:
    """Raise what these answers call for, and settle what they answer."""
    declared = find(assessment.instrument)
    if assessment.amends is not None:
        withdraw(assessment=assessment.amends, words=AMENDED, by=by, at=at)
    if _is_newest(assessment):
        if declared.screens_danger and assessment.band:
            _screened(assessment, by=by, at=at)
        endangered = declared.endangers(declared.settle(assessment.answers))
        if endangered is not None:
            _endangered(assessment, endangered, by=by, at=at)
        if _tells_the_course(declared):
            _course(assessment, by=by, at=at)


def _is_newest(assessment: Assessment) -> bool:
    """Old answers that are entered late do not speak for today."""
    later = Assessment.objects.in_force().filter(
        patient=assessment.patient_id,
        instrument=assessment.instrument,
        given_at__gt=assessment.given_at,
    )
    return not later.exists()


def _tells_the_course(declared: Instrument) -> bool:
    """Danger has concerns of its own, and withdrawal rises and falls within a day."""
    measures = change_figures().of(declared.key)
    return not declared.screens_danger and any(m.is_symptom for m in measures)


def _course(assessment: Assessment, *, by: Staff | None, at: datetime) -> None:
    """Raise that they are off track against their own baseline, or settle that they were."""
    waiting = Concern.objects.open().filter(
        patient=assessment.patient_id,
        kind=Concern.Kind.OFF_TRACK,
        assessment__instrument=assessment.instrument,
    )
    points = points_of(
        assessment.patient, assessment.instrument, at=assessment.given_at
    )
    change = off_track(points)
    if change is None:
        for concern in waiting:
            _settle(concern, ON_TRACK, by=by, at=at)
    elif not waiting.exists():
        _raise(
            _from(assessment, Concern.Kind.OFF_TRACK),
            level=Concern.Level.NOTICE,
            reason=change.reason,
            by=by,
            at=at,
        )


def _endangered(
    assessment: Assessment, found: Endangered, *, by: Staff | None, at: datetime
) -> None:
    _raise(
        _from(assessment, Concern.Kind.SUICIDE_RISK),
        level=LEVELS[found.danger],
        reason=found.words.en,
        by=by,
        at=at,
    )


def _from(assessment: Assessment, kind: Concern.Kind) -> Concern:
    return Concern(
        clinic_id=assessment.clinic_id,
        patient_id=assessment.patient_id,
        assessment=assessment,
        kind=kind,
    )


def raise_for_result(
    *,
    observation: Observation,
    urgent: UrgentResult,
    by: Staff | None,
    at: datetime,
) -> None:
    """Raise what a result that cannot wait calls for. One that is entered after a newer
    one, or once more from elsewhere, raises nothing."""
    if _is_overtaken(observation) or _was_raised(observation, urgent):
        return
    _raise(
        Concern(
            clinic_id=observation.clinic_id,
            patient_id=observation.patient_id,
            observation=observation,
            kind=Concern.Kind.RESULT,
            cause=urgent.key,
        ),
        level=Concern.Level[urgent.level.upper()],
        reason=f"{label_of(observation.code)} {observation.words}: {urgent.says}",
        by=by,
        at=at,
    )


def raise_for_words(*, patient: Patient, reason: str, at: datetime) -> None:
    """Raise that somebody wrote of dying or of self-harm: to be screened. The reason, their
    words as a rule, as far as a line holds it."""
    _raise(
        Concern(
            clinic_id=patient.clinic_id,
            patient=patient,
            kind=Concern.Kind.SUICIDE_RISK,
            cause=OWN_WORDS,
        ),
        level=Concern.Level.UNSCREENED,
        reason=shorten(reason, width=LINE, placeholder=" …"),
        by=None,
        at=at,
    )


def _is_overtaken(observation: Observation) -> bool:
    later = Observation.objects.filter(
        patient=observation.patient_id,
        code=observation.code,
        effective_at__gt=observation.effective_at,
        error_at=None,
    )
    return later.exists()


def _was_raised(observation: Observation, urgent: UrgentResult) -> bool:
    """Whether the same result of that day raised it before, from another source."""
    day = clinic_day(observation.clinic, observation.effective_at)
    same = Concern.objects.about_results().filter(
        patient=observation.patient_id,
        cause=urgent.key,
        observation__code=observation.code,
        observation__value=observation.value,
        observation__text=observation.text,
        observation__error_at=None,
    )
    moments = same.values_list("observation__effective_at", flat=True)
    return any(clinic_day(observation.clinic, moment) == day for moment in moments)


def _raise(
    concern: Concern, *, level: int, reason: str, by: Staff | None, at: datetime
) -> None:
    """Keep a concern and have what it calls for owed, in the same transaction."""
    concern.level, concern.reason = level, reason[:LONGEST]
    concern.raised_at, concern.raised_by = at, by
    concern.save()
    audit.record(
        *("concern.raised", concern),
        by=by,
        at=at,
        kind=str(concern.kind),
        level=int(level),
    )
    concern_raised.send(sender=Concern, concern=concern, by=by, at=at)


def _screened(assessment: Assessment, *, by: Staff | None, at: datetime) -> None:
    """The screener that an answer called for was given: that concern is settled."""
    waiting = Concern.objects.open().filter(
        patient=assessment.patient_id, level=Concern.Level.UNSCREENED
    )
    words = f"Screened with the C-SSRS: {assessment.band}."
    for concern in waiting:
        _settle(concern, words, by=by, at=at, is_answered=True)


def withdraw(
    *, assessment: Assessment, words: str, by: Staff | None, at: datetime
) -> None:
    """Settle what answers raised that do not stand any more."""
    for concern in Concern.objects.open().filter(assessment=assessment):
        _settle(concern, words, by=by, at=at)


def withdraw_result(
    *, observation: Observation, by: Staff | None, at: datetime
) -> None:
    """Settle what a result raised that was entered in error."""
    for concern in Concern.objects.open().filter(observation=observation):
        _settle(concern, RESULT_IN_ERROR, by=by, at=at)


def _settle(
    concern: Concern,
    words: str,
    *,
    by: Staff | None,
    at: datetime,
    is_answered: bool = False,
) -> None:
    concern.resolved_at, concern.resolved_by, concern.resolution = at, by, words
    concern.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    audit.record("concern.resolved", concern, by=by, at=at, kind=concern.kind)
    concern_resolved.send(
        sender=Concern, concern=concern, is_answered=is_answered, by=by, at=at
    )


@transaction.atomic
def resolve_concern(*, concern: Concern, words: str, by: Staff, at: datetime) -> None:
    """Say what was done; every older concern of the kind is settled by it too, of
    results those of the same cause."""
    Patient.objects.select_for_update().get(pk=concern.patient_id)
    concern = Concern.objects.get(pk=concern.pk)
    if concern.resolved_at is not None:
        raise AlreadyResolved("This was resolved already.")
    if not words.strip():
        raise NothingSaid("Say what was done.")
    same = Concern.objects.open().filter(
        patient=concern.patient_id,
        kind=concern.kind,
        cause=concern.cause,
        raised_at__lte=concern.raised_at,
    )
    for one in same:
        _settle(one, words.strip(), by=by, at=at)
