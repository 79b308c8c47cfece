"""Results from a file: read, looked at, then kept line by line, or put aside."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.actions.measures import record_observation
from assessments.models import Observation
from assessments.models.observations import ResultsFile
from assessments.observations.lab_file import LabLine, line_from, read_file
from knowledge.wording.dates import day_at
from patients.actions.registry import (
    AFTER_DEATH,
    BEFORE_BIRTH,
    DECEASED,
    is_after_death,
)
from patients.merges import people_numbered
from patients.models import Patient

NOBODY = "Nobody here has this record number."
NOT_THIS_ONE = "This line is about somebody else."
WHOSE = "The line does not say whose result it is."


class FileClosed(Refused):
    """It was kept or put aside before."""


@transaction.atomic
def read_results(
    *,
    clinic: Clinic,
    content: bytes,
    patient: Patient | None = None,
    day_order: str = "",
    by: Staff,
    at: datetime,
) -> ResultsFile:
    """Read a file and hold its lines for a look; no result is kept by this."""
    zone = ZoneInfo(clinic.time_zone)
    lines = read_file(content, zone=zone, at=at, day_order=day_order)
    placed = _placed(lines, clinic, patient)
    found = ResultsFile.objects.create(
        clinic=clinic,
        patient=patient,
        digest=sha256(content).hexdigest(),
        lines=[line.as_json() for line in _marked(placed, zone)],
        uploaded_at=at,
        uploaded_by=by,
    )
    audit.record("results_file.read", found, by=by, at=at, lines=len(lines))
    return found


def _placed(
    lines: list[LabLine], clinic: Clinic, patient: Patient | None
) -> list[LabLine]:
    """Whose each line is: by its record number, or the one person it was sent for."""
    mrns = {line.mrn for line in lines if line.mrn}
    people = people_numbered(clinic, mrns)
    return [_whose(line, people, patient) for line in lines]


def _whose(
    line: LabLine, people: dict[str, Patient], patient: Patient | None
) -> LabLine:
    is_theirs = people.get(line.mrn) == patient or not line.mrn
    if patient is not None and is_theirs:
        return _of(patient, line)
    if patient is not None:
        return replace(line, problem=NOT_THIS_ONE)
    if not line.mrn:
        return replace(line, problem=WHOSE)
    if line.mrn not in people:
        return replace(line, problem=NOBODY)
    return _of(people[line.mrn], line)


def _of(patient: Patient, line: LabLine) -> LabLine:
    problem = _outside_life(patient, line.when) or line.problem
    return replace(line, patient=patient.pk, problem=problem)


def _outside_life(patient: Patient, when: datetime | None) -> str:
    """What is wrong with a day before a person's birth or after their death."""
    if when is None:
        return ""
    on, born = clinic_day(patient.clinic, when), patient.date_of_birth
    if born is not None and on < born:
        return BEFORE_BIRTH
    has_died = patient.status == DECEASED
    return AFTER_DEATH if has_died and is_after_death(patient, on) else ""


def _marked(lines: list[LabLine], zone: ZoneInfo) -> list[LabLine]:
    """Which lines are on record already, or stand twice in the file."""
    seen = _on_record(lines, zone)
    marked = []
    for line in lines:
        key = _key(line)
        again = not line.problem and key in seen
        seen.add(key)
        marked.append(replace(line, is_known=again))
    return marked


type Key = tuple[int | None, str, datetime | str | None, Decimal | None, str, str]


def _key(line: LabLine) -> Key:
    when = line.day or line.when
    result = line.result
    said = (result.value, result.comparator, result.text)
    return (line.patient, line.code, when, *said)


def _on_record(lines: Iterable[LabLine], zone: ZoneInfo) -> set[Key]:
    """What is kept of these people and tests: by its moment, and by its day alone, as
    a file that names no hour says it at whatever hour it is sent."""
    good = [line for line in lines if not line.problem]
    rows = Observation.objects.filter(
        patient__in={line.patient for line in good},
        code__in={line.code for line in good},
        error_at=None,
    )
    keys: set[Key] = set()
    columns = ("patient", "code", "effective_at", "value", "comparator", "text")
    for who, code, when, *said in rows.values_list(*columns):
        day = day_at(when, zone).isoformat()
        keys |= {(who, code, when, *said), (who, code, day, *said)}
    return keys


@transaction.atomic
def keep_results(*, found: ResultsFile, by: Staff, at: datetime) -> int:
    """Keep every good line as a measurement; returns how many are new."""
    found = _open(found)
    lines, people = _as_they_stand_now(found)
    kept = 0
    known = _on_record(lines, ZoneInfo(found.clinic.time_zone))
    for line in lines:
        if line.is_good and line.patient is not None and _key(line) not in known:
            _keep(found, line, people[line.patient], by=by, at=at)
            kept += 1
    found.is_kept, found.lines = True, [line.as_json() for line in lines]
    _close(found, by=by, at=at)
    audit.record("results_file.kept", found, by=by, at=at, kept=kept)
    return kept


def _as_they_stand_now(found: ResultsFile) -> tuple[list[LabLine], dict[int, Patient]]:
    """The lines and those whom they are about: somebody may have died, or a day of
    birth may have been put right, since the file was read."""
    lines = [line_from(stored) for stored in found.lines]
    rows = Patient.objects.select_related("clinic")
    people = rows.in_bulk({line.patient for line in lines if line.is_good})
    looked_at = (
        _of(people[line.patient], line) if line.is_good and line.patient else line
        for line in lines
    )
    return list(looked_at), people


def _keep(
    found: ResultsFile, line: LabLine, patient: Patient, *, by: Staff, at: datetime
) -> None:
    record_observation(
        patient=patient,
        **asdict(line.result),
        effective_at=datetime.fromisoformat(line.effective_at),
        source=line.source or "from a file",
        source_key=f"file:{found.pk}:{line.number}:{line.code}",
        by=by,
        at=at,
    )


@transaction.atomic
def put_aside(*, found: ResultsFile, by: Staff, at: datetime) -> None:
    """Keep nothing of it; what was read stays readable."""
    found = _open(found)
    _close(found, by=by, at=at)
    audit.record("results_file.put_aside", found, by=by, at=at)


def _open(found: ResultsFile) -> ResultsFile:
    locked = ResultsFile.objects.select_for_update().get(pk=found.pk)
    if locked.closed_at is not None:
        raise FileClosed("This file was dealt with already.")
    return locked


def _close(found: ResultsFile, *, by: Staff, at: datetime) -> None:
    found.closed_at, found.closed_by = at, by
    found.save(update_fields=["is_kept", "lines", "closed_at", "closed_by"])
