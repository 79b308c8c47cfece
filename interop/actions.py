"""Bringing in records from outside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import batched
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Min, OuterRef, Subquery

from accounts import audit, tenancy
from accounts.models import Clinic
from assessments.models import Intake
from interop.cohort import courses, files
from interop.cohort.loading import People, load
from interop.cohort.records import Answer, Dose, Record
from interop.cohort.report import Report
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, Row, noon, rows
from medications.models import DoseEvent, Regimen
from patients.models import Patient, StatusChange
from patients.names import normalized

ACTOR = "system:import_cohort"
BATCH = 20_000
PREFIX = "CTN-"

type Progress = Callable[[str], None]


@dataclass(slots=True)
class Import:
    """One run: where from, when, what became of every row, and whom to tell."""

    folder: Path
    at: datetime
    tell: Progress
    report: Report = field(default_factory=Report)
    added: int = 0
    once: courses.Once = field(default_factory=courses.Once)
    last_use: dict[int, date] = field(default_factory=dict)

    def rows(self, name: str, columns: tuple[str, ...]) -> Iterator[Row]:
        for row in rows(self.folder, name, columns):
            self.report.saw(row)
            yield row


def import_cohort(*, folder: Path, at: datetime, tell: Progress) -> Import:
    """Import the whole cohort, or what is not there yet; again changes nothing.

    Works in batches, each in its own transaction, so that a stop loses one batch
    and the next run goes on from there.
    """
    run = Import(folder, at, tell)
    for file in files.FILES:
        next(rows(folder, file.name, file.columns), None)
    people = _people(run)
    tell(
        f"{len(people)} people at {Clinic.objects.filter(name__startswith='CTN').count()} clinics"
    )
    for file in files.FILES:
        _records(run, people, file)
    _last_uses(run, people)
    _doses(run, people)
    with tenancy.every_clinic(actor=ACTOR):
        _regimens(run)
    _protocol_tables(run)
    return run


def _people(run: Import) -> People:
    sites = _read(run, *files.SITES, lambda row: (row.who(), row["site_masked"]))
    sexes = {
        row["who"]: row["is_male"]
        for row in rows(run.folder, "demographics.csv", files.DEMOGRAPHICS)
    }
    projects = dict(_read(run, *files.PEOPLE, lambda row: (row.who(), row["project"])))
    sited = dict(sites)
    with tenancy.every_clinic(actor=ACTOR):
        clinics = {site: _clinic(site) for site in sorted(set(sited.values()))}
        wanted = [
            _patient(who, clinics[sited[who]], sexes.get(str(who), ""), project, run.at)
            for who, project in projects.items()
            if who in sited
        ]
        _add_people(wanted, run)
        return _known_people()


def _read[T](
    run: Import, name: str, columns: tuple[str, ...], take: Callable[[Row], T]
) -> list[T]:
    """What each row gives; a row that cannot be read is reported."""
    found = []
    for row in run.rows(name, columns):
        try:
            found.append(take(row))
        except NotHeld as refusal:
            run.report.drops(row, str(refusal))
        else:
            run.report.keeps(row)
    return found


def _clinic(site: str) -> Clinic:
    clinic, _ = Clinic.objects.get_or_create(
        mrn_prefix=f"S{site}"[:8],
        defaults={
            "name": f"CTN site {site}",
            "is_otp": True,
            "is_rems_certified": True,
            "time_zone": "UTC",
        },
    )
    return clinic


SEX = {"Yes": Patient.Sex.MALE, "No": Patient.Sex.FEMALE}


def _patient(
    who: int, clinic: Clinic, is_male: str, project: str, at: datetime
) -> Patient:
    """A person under a pseudonym that cannot be taken for a name."""
    mrn = f"{PREFIX}{who:05d}"
    return Patient(
        clinic=clinic,
        mrn=mrn,
        given_name="Pseudonym",
        family_name=mrn,
        is_pseudonym=True,
        sex_at_birth=SEX.get(is_male, Patient.Sex.UNKNOWN),
        language="Not known",
        referred_by=f"Trial CTN-00{project}",
        referred_on=NOMINAL_CONSENT,
        search_text=normalized(f"Pseudonym {mrn}"),
        sort_name=normalized(mrn),
        registered_at=at,
    )


def _add_people(wanted: list[Patient], run: Import) -> None:
    """People who are not there yet, each with a first status and an open intake."""
    there = set(
        Patient.objects.filter(mrn__startswith=PREFIX).values_list("clinic_id", "mrn")
    )
    new = [p for p in wanted if (p.clinic_id, p.mrn) not in there]
    Patient.objects.bulk_create(new, batch_size=1000)
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                clinic_id=p.clinic_id,
                patient=p,
                status=p.status,
                reason="Imported",
                changed_at=run.at,
            )
            for p in new
        ],
        batch_size=1000,
    )
    Intake.objects.bulk_create(
        [
            Intake(clinic_id=p.clinic_id, patient=p, started_at=noon(NOMINAL_CONSENT))
            for p in new
        ],
        batch_size=1000,
    )
    for clinic in {p.clinic for p in new}:
        count = sum(p.clinic_id == clinic.pk for p in new)
        audit.record(
            "cohort.imported", clinic, by=None, at=run.at, clinic=clinic, people=count
        )
    run.added += len(new)


def _known_people() -> People:
    """Everybody of the cohort; an intake that somebody completed takes no more answers."""
    open_intake = Intake.objects.filter(
        patient=OuterRef("pk"), status=Intake.Status.IN_PROGRESS
    ).values("pk")[:1]
    people = Patient.objects.filter(mrn__startswith=PREFIX, is_pseudonym=True)
    rows = people.annotate(intake=Subquery(open_intake)).values_list(
        "mrn", "pk", "clinic_id", "intake"
    )
    return People(
        (int(mrn.removeprefix(PREFIX)), patient, clinic, intake)
        for mrn, patient, clinic, intake in rows
    )


def _records(run: Import, people: People, file: files.File) -> None:
    for chunk in batched(run.rows(file.name, file.columns), BATCH):
        found: list[Record] = []
        for row in chunk:
            found += _record(run, people, row, file)
        with tenancy.every_clinic(actor=ACTOR):
            run.added += load(found, people, at=run.at)
        run.tell(f"{file.name}: {run.report.read[file.name]} rows")


def _record(run: Import, people: People, row: Row, file: files.File) -> list[Record]:
    try:
        _known(people, row)
        found = list(file.read(row))
    except NotHeld as refusal:
        run.report.drops(row, str(refusal))
        return []
    kept = [_keyed(one, run.once) for one in found]
    again = "a second row for the same person, day and thing"
    odd = again if any(is_again for _, is_again in kept) else ""
    # Read in full, with nothing in it: held as unknown, and said so.
    run.report.keeps(row, odd if found else file.if_empty)
    _note_last_use(run, row, file)
    return [one for one, _ in kept]


def _keyed(one: Record, once: courses.Once) -> tuple[Record, bool]:
    """The record under a key that no earlier row of this run had."""
    if isinstance(one, Answer):
        return one, False
    key, is_again = once.key(one.key)
    return (replace(one, key=key) if is_again else one), is_again


def _note_last_use(run: Import, row: Row, file: files.File) -> None:
    """The last day before consent on which opioids were used, from the time line."""
    if file.name != files.TIME_LINE or row["what"] not in courses.OPIOIDS:
        return
    who, day = row.who(), row.day()
    if day <= NOMINAL_CONSENT and day > run.last_use.get(who, date.min):
        run.last_use[who] = day


def _last_uses(run: Import, people: People) -> None:
    """Last use as an answer from the record: the day is known, the hour is not."""
    found = [
        Answer(
            who, "last_short_acting_dt", noon(day).isoformat(), noon(NOMINAL_CONSENT)
        )
        for who, day in run.last_use.items()
    ]
    with tenancy.every_clinic(actor=ACTOR):
        run.added += load(found, people, at=run.at)


def _known(people: People, row: Row) -> None:
    if row.who() not in people:
        raise NotHeld("the person is not among everybody, or has no site")


def _doses(run: Import, people: People) -> None:
    arms: dict[int, tuple[str, int]] = {}
    for given in _read(run, *files.RANDOMIZED, courses.arm):
        if given is not None:
            arms[given[0]] = (given[1], given[2])
    medicines = {who: medication for who, (medication, _) in arms.items()}
    once = courses.Once()
    name, columns = files.DOSES
    for chunk in batched(run.rows(name, columns), BATCH):
        found = [
            d for row in chunk if (d := _dose(run, people, row, medicines, arms, once))
        ]
        with tenancy.every_clinic(actor=ACTOR):
            run.added += load(found, people, at=run.at)
        run.tell(f"{name}: {run.report.read[name]} rows")


def _dose(
    run: Import,
    people: People,
    row: Row,
    medicines: dict[int, str],
    arms: dict[int, tuple[str, int]],
    once: courses.Once,
) -> Dose | None:
    try:
        _known(people, row)
        given, odd = courses.dose(row, medicines, once)
    except NotHeld as refusal:
        run.report.drops(row, str(refusal))
        return None
    started = NOMINAL_CONSENT + timedelta(days=arms[given.who][1])
    early = "a dose before randomization" if given.on < started else ""
    run.report.keeps(row, "; ".join(filter(None, (odd, early))))
    return given


def _regimens(run: Import) -> None:
    """One regimen a person and medicine, from the first recorded dose to the last."""
    spans = (
        DoseEvent.objects.filter(patient__mrn__startswith=PREFIX)
        .order_by()
        .values_list("clinic_id", "patient_id", "medication")
        .annotate(first=Min("on"), last=Max("on"))
    )
    added = Regimen.objects.bulk_create(
        [_regimen(*span) for span in spans], batch_size=1000, ignore_conflicts=True
    )
    active = {one.patient_id: one.started_on for one in added}
    changed = Patient.objects.filter(pk__in=active, status=Patient.Status.REFERRED)
    for patient in changed:
        patient.status = Patient.Status.ACTIVE
        patient.admitted_on = active[patient.pk]
    Patient.objects.bulk_update(changed, ["status", "admitted_on"], batch_size=1000)
    StatusChange.objects.bulk_create(
        StatusChange(
            clinic_id=patient.clinic_id,
            patient=patient,
            status=patient.status,
            reason="First recorded dose",
            changed_at=run.at,
        )
        for patient in changed
    )


def _regimen(
    clinic: int, patient: int, medication: str, first: date, last: date
) -> Regimen:
    return Regimen(
        clinic_id=clinic,
        patient_id=patient,
        medication=medication,
        schedule="as in the trial",
        started_on=first,
        stopped_on=last + timedelta(days=1),
        stop_reason="Last recorded dose",
        source_key=f"regimen:{patient}:{medication}",
    )


@transaction.atomic
def _protocol_tables(run: Import) -> None:
    for name in files.PROTOCOL_TABLES:
        for row in run.rows(name, ()):
            run.report.drops(row, "describes the trials, not a person")
