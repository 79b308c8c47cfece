"""Deaths: reported by one person, confirmed by a second, put right by two."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from patients.actions.episodes import close_episode, reopen_episode
from patients.actions.status import Status, held_with_episode, move_on
from patients.models import DeathRecord, Episode, LeavingClass, Patient

# Of a death only the day is known.
NOON = time(12)


def end_with_death(
    patient: Patient,
    episode: Episode,
    *,
    on: date,
    reason: str,
    since: datetime | None = None,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """End what was open on the day of death; whoever had left stays as they left. A death
    that nobody reported here is kept as taken over, so that it can be put right."""
    if not DeathRecord.objects.standing().filter(patient=patient).exists():
        _take_over(patient, on, by, at)
    if episode.left_on is None:
        day = max(on, episode.admitted_on or on, episode.referred_on)
        close_episode(patient, episode, LeavingClass.DECEASED, reason=reason, on=day)
    return move_on(
        patient, episode, Status.DECEASED, reason=reason, since=since, by=by, at=at
    )


def _take_over(patient: Patient, on: date, by: Staff | None, at: datetime) -> None:
    DeathRecord.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        died_on=on,
        source=DeathRecord.Source.OTHER,
        source_words="Came with the record",
        cause=DeathRecord.Cause.UNKNOWN,
        medicine_at_home=DeathRecord.AtHome.UNKNOWN,
        status_before=patient.status,
        is_taken_over=True,
        recorded_at=at,
        recorded_by=by,
        confirmed_at=at,
    )


def back_to_life(
    patient: Patient,
    episode: Episode,
    *,
    status: str,
    reason: str,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Take a death back: the episode that it ended goes on, in this status."""
    taken_over = DeathRecord.objects.standing().filter(
        patient=patient, is_taken_over=True
    )
    taken_over.update(dropped_at=at, dropped_by=by)
    discharge_class = episode.leaving_class if status == Status.DISCHARGED else ""
    if episode.leaving_class == LeavingClass.DECEASED:
        reopen_episode(episode)
    return move_on(
        patient,
        episode,
        status,
        reason=reason,
        discharge_class=discharge_class,
        by=by,
        at=at,
    )


class AlreadyRecorded(Refused):
    """One death stands for a person, reported or confirmed."""


class WrongNumber(Refused):
    """The record number that was typed is not this person's."""

    field = "mrn"


class DayOfDeathRefused(Refused):
    """Nobody died on this day."""

    field = "died_on"


class NotSecond(Refused):
    """Who reported or asked is no second person."""


class NothingWaits(Refused):
    """What was to be answered was answered already."""

    def __init__(self) -> None:
        super().__init__("This was answered already. The page shows how it stands.")


class CorrectionReasonMissing(Refused):
    """A correction says why the record is wrong."""

    field = "correction_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathReport:
    """What is known of a death, as it was told."""

    died_on: date
    is_about: bool
    source: str
    source_words: str
    cause: str
    cause_words: str
    medicine_at_home: str
    told: str
    told_by: Staff


@transaction.atomic
def report_death(
    *, patient: Patient, report: DeathReport, mrn: str, by: Staff, at: datetime
) -> DeathRecord:
    """Write down a death that somebody told of. Until a second person confirms it, calls
    and texts stop and nothing else changes."""
    patient, _ = held_with_episode(patient)
    standing = DeathRecord.objects.standing().filter(patient=patient)
    if patient.status == Status.DECEASED or standing.exists():
        raise AlreadyRecorded("A death is on this record already.")
    if mrn.strip() != patient.mrn:
        raise WrongNumber("This is not the record number of this person.")
    if report.died_on > clinic_day(patient.clinic, at):
        raise DayOfDeathRefused("This day has not come yet.")
    if patient.date_of_birth is not None and report.died_on < patient.date_of_birth:
        raise DayOfDeathRefused("Before this person was born. Check the year.")
    record = DeathRecord.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        status_before=patient.status,
        recorded_at=at,
        recorded_by=by,
        **{one.name: getattr(report, one.name) for one in fields(report)},
    )
    audit.record("death.reported", record, by=by, at=at)
    return record


@transaction.atomic
def drop_death(*, record: DeathRecord, by: Staff, at: datetime) -> DeathRecord:
    """Take a report back that nobody has confirmed; it stays on record as dropped."""
    record = _waiting(record)
    record.dropped_at, record.dropped_by = at, by
    record.save(update_fields=["dropped_at", "dropped_by"])
    audit.record("death.dropped", record, by=by, at=at)
    return record


@transaction.atomic
def confirm_death(*, record: DeathRecord, by: Staff, at: datetime) -> DeathRecord:
    """The second person confirms: care ends on the day of death."""
    patient, episode = held_with_episode(record.patient)
    record = _waiting(record)
    if by.pk == record.recorded_by_id:
        raise NotSecond("Somebody else confirms it: you wrote it down.")
    record.confirmed_at, record.confirmed_by = at, by
    record.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record("death.confirmed", record, by=by, at=at)
    on = record.died_on
    noon = datetime.combine(on, NOON, tzinfo=ZoneInfo(patient.clinic.time_zone))
    end_with_death(
        patient, episode, on=on, reason="Died", since=min(noon, at), by=by, at=at
    )
    return record


@transaction.atomic
def ask_correction(
    *, record: DeathRecord, reason: str, by: Staff, at: datetime
) -> DeathRecord:
    """Say why a confirmed death is a mistake; a second person puts it right."""
    record = _held(record)
    if record.confirmed_at is None or record.corrected_at is not None:
        raise NothingWaits
    if record.correction_asked_at is not None:
        raise NothingWaits
    if not reason.strip():
        raise CorrectionReasonMissing("Say why the record is wrong.")
    record.correction_asked_at, record.correction_asked_by = at, by
    record.correction_reason = reason
    record.save(
        update_fields=[
            "correction_asked_at",
            "correction_asked_by",
            "correction_reason",
        ]
    )
    audit.record("death.correction_asked", record, by=by, at=at)
    return record


@transaction.atomic
def correct_death(*, record: DeathRecord, by: Staff, at: datetime) -> DeathRecord:
    """The second person puts a mistaken death right: the episode goes on as it was."""
    patient, episode = held_with_episode(record.patient)
    record = _held(record)
    if record.correction_asked_at is None or record.corrected_at is not None:
        raise NothingWaits
    if by.pk == record.correction_asked_by_id:
        raise NotSecond("Somebody else puts it right: you asked for it.")
    record.corrected_at, record.corrected_by = at, by
    record.save(update_fields=["corrected_at", "corrected_by"])
    audit.record("death.corrected", record, by=by, at=at)
    back_to_life(
        patient,
        episode,
        # A hold ended with the death; whether the person is still away is asked anew.
        status=_alive(record, patient),
        reason=record.correction_reason,
        by=by,
        at=at,
    )
    return record


def _alive(record: DeathRecord, patient: Patient) -> str:
    if record.status_before != Status.ON_HOLD:
        return record.status_before
    return patient.holds.latest("pk").status_before


def _held(record: DeathRecord) -> DeathRecord:
    """The row, held until the end of the act."""
    rows = DeathRecord.objects.select_for_update(of=("self",))
    return rows.select_related("patient").get(pk=record.pk)


def _waiting(record: DeathRecord) -> DeathRecord:
    record = _held(record)
    if record.confirmed_at is not None or record.dropped_at is not None:
        raise NothingWaits
    return record
