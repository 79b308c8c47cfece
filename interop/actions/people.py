"""People of an import: clinics by site, people by pseudonym, each with an open intake."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from accounts import audit, tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from assessments.models import Intake
from interop.actions.loading import People
from interop.cohort import files
from interop.cohort.run import ACTOR, PREFIX, Import
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow, noon, rows
from patients.models import (
    DeathRecord,
    Episode,
    LeavingClass,
    Patient,
    StatusChange,
)
from patients.names import search_text_of, sort_name_of

TRIALS = ("27", "30", "51")
SEX = {"Yes": Patient.Sex.MALE, "No": Patient.Sex.FEMALE}


def add_people(run: Import) -> People:
    """Everybody with a site, those added now and those who were there."""
    sites = dict(run.read(*files.SITES, site))

    def person(row: SourceRow) -> tuple[int, str]:
        if row.who() not in sites:
            raise NotHeld("the person has no site")
        return row.who(), trial(row)

    projects = dict(run.read(*files.PEOPLE, person))
    run.trials.update(projects)
    sexes = {
        row["who"]: row["is_male"]
        for row in rows(run.folder, "demographics.csv", ("who", "is_male"))
    }
    with tenancy.every_clinic(actor=ACTOR):
        clinics = {site: _clinic(site) for site in sorted(set(sites.values()))}
        wanted = [
            _patient(who, clinics[sites[who]], sexes.get(str(who), ""), project, run.at)
            for who, project in projects.items()
        ]
        _add_new(wanted, run)
        return _known_people()


def site(row: SourceRow) -> tuple[int, str]:
    """A person and the number of their site; refuses a site that is none."""
    who, number = row.who(), row["site_masked"]
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise NotHeld("names no site")
    return who, number


def trial(row: SourceRow) -> str:
    if row["project"] not in TRIALS:
        raise NotHeld(f"has the trial {row['project'][:20]!r}, which is not known")
    return row["project"]


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
        search_text=search_text_of("Pseudonym", mrn=mrn),
        sort_name=sort_name_of(mrn, "Pseudonym"),
        registered_at=at,
    )


def _add_new(wanted: list[Patient], run: Import) -> None:
    """People who are not there yet, each with a first status and an open intake."""
    there = set(
        Patient.objects.filter(mrn__startswith=PREFIX).values_list("clinic_id", "mrn")
    )
    new = [p for p in wanted if (p.clinic_id, p.mrn) not in there]
    Patient.objects.bulk_create(new, batch_size=1000)
    StatusChange.objects.bulk_create(
        [_first_status(one) for one in new], batch_size=1000
    )
    Episode.objects.bulk_create([_episode(one) for one in new], batch_size=1000)
    Intake.objects.bulk_create([_open_intake(one) for one in new], batch_size=1000)
    for clinic in {p.clinic for p in new}:
        count = sum(p.clinic_id == clinic.pk for p in new)
        audit.record(
            "cohort.imported", clinic, by=None, at=run.at, clinic=clinic, people=count
        )
    run.added += len(new)


def _first_status(patient: Patient) -> StatusChange:
    return StatusChange(
        clinic_id=patient.clinic_id,
        patient=patient,
        status=patient.status,
        reason="Imported",
        changed_at=noon(NOMINAL_CONSENT),
    )


def _episode(patient: Patient) -> Episode:
    return Episode(
        clinic_id=patient.clinic_id,
        patient=patient,
        number=1,
        referred_on=patient.referred_on,
        recorded_at=patient.registered_at,
    )


def mark_deaths(run: Import, people: People) -> None:
    """Whoever the records say died; the day stays unknown where nobody wrote it down."""
    days = {people.patient(who): on for who, on in run.deaths.items()}
    died = Patient.objects.filter(pk__in=days).exclude(status=Patient.Status.DECEASED)
    _end_episodes([one.pk for one in died], days, run.at)
    people_died = list(died.select_related("clinic"))
    DeathRecord.objects.bulk_create(
        _death_record(patient, days[patient.pk], run.at) for patient in people_died
    )
    StatusChange.objects.bulk_create(
        _death(patient, days[patient.pk], run.at) for patient in people_died
    )
    died.update(status=Patient.Status.DECEASED)


def _end_episodes(
    died: list[int], days: Mapping[int, date | None], at: datetime
) -> None:
    """The care ends with the death, on the latest day that it can be."""
    open_now = Episode.objects.filter(patient__in=died, left_on=None)
    ended = list(open_now.select_related("clinic"))
    for one in ended:
        begun = one.admitted_on or one.referred_on
        one.left_on = max(days[one.patient_id] or clinic_day(one.clinic, at), begun)
        one.leaving_class = LeavingClass.DECEASED
    Episode.objects.bulk_update(ended, ["left_on", "leaving_class"], batch_size=1000)


def _death(patient: Patient, on: date | None, at: datetime) -> StatusChange:
    return StatusChange(
        clinic_id=patient.clinic_id,
        patient=patient,
        status=Patient.Status.DECEASED,
        reason="Died during the trial",
        changed_at=noon(on) if on else at,
        is_day_known=on is not None,
    )


def _death_record(patient: Patient, on: date | None, at: datetime) -> DeathRecord:
    """The same, so that two people can put it right; where the day is not known, the
    latest that it can be."""
    return DeathRecord(
        clinic_id=patient.clinic_id,
        patient=patient,
        died_on=on or clinic_day(patient.clinic, at),
        is_about=on is None,
        source=DeathRecord.Source.OTHER,
        source_words="Died during the trial",
        cause=DeathRecord.Cause.UNKNOWN,
        medicine_at_home=DeathRecord.AtHome.UNKNOWN,
        status_before=patient.status,
        is_taken_over=True,
        recorded_at=at,
        confirmed_at=at,
    )


def _open_intake(patient: Patient) -> Intake:
    return Intake(
        clinic_id=patient.clinic_id, patient=patient, started_at=noon(NOMINAL_CONSENT)
    )


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
