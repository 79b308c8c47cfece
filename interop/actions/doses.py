"""The medicine that each person was given: arms, doses, and the regimens they make up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import batched

from django.db.models import Max, Min

from accounts import tenancy
from interop.actions.loading import People, load
from interop.cohort import courses, files
from interop.cohort.records import Dose, Randomization, Record
from interop.cohort.run import ACTOR, BATCH, PREFIX, Import
from interop.cohort.source import NotHeld, SourceRow, noon
from patients.models import Episode, Patient, StatusChange
from treatment.models import DoseEvent, Regimen

FIRST, SECOND = 1, 2
REPEATED = "repeats the first randomization"
LAST_DOSE = "Last recorded dose"


@dataclass(frozen=True, slots=True)
class Arms:
    """Who was randomized to what, first and, where the lot was drawn again, second."""

    first: dict[int, Randomization] = field(default_factory=dict)
    second: dict[int, Randomization] = field(default_factory=dict)
    once: courses.Once = field(default_factory=courses.Once)

    @property
    def medicines(self) -> Mapping[int, str]:
        return {who: drawn.medication for who, drawn in self.first.items()}

    def repeats(self, drawn: Randomization) -> bool:
        """Whether a later row only says the first drawing again."""
        first = self.first.get(drawn.who)
        return first is not None and (first.arm, first.on) == (drawn.arm, drawn.on)


def add_arms(run: Import, people: People) -> Arms:
    """Every randomization with its arm; a row that repeats the first adds nothing."""
    arms = Arms()
    found: list[Record] = []
    for row in run.rows(*files.RANDOMIZED):
        try:
            people.check(row)
            drawn = courses.randomization(row)
        except NotHeld as refusal:
            run.report.drops(row, str(refusal))
            continue
        repeated = arms.repeats(drawn)
        run.report.keeps(row, REPEATED if repeated else "")
        if not repeated:
            (arms.first if drawn.which == FIRST else arms.second)[drawn.who] = drawn
            found += courses.arm_records(drawn)
    with tenancy.every_clinic(actor=ACTOR):
        run.added += load(found, people, at=run.at)
    return arms


def add_doses(run: Import, people: People, arms: Arms) -> None:
    """Every dispensed dose of somebody whose medicine is known."""
    name, columns = files.DOSES
    medicines = arms.medicines
    for chunk in batched(run.rows(name, columns), BATCH):
        found: list[Record] = []
        for row in chunk:
            found += _dose(run, people, row, arms, medicines)
        with tenancy.every_clinic(actor=ACTOR):
            run.added += load(found, people, at=run.at)
        run.told(name)


def _dose(
    run: Import,
    people: People,
    row: SourceRow,
    arms: Arms,
    medicines: Mapping[int, str],
) -> Iterator[Dose]:
    try:
        people.check(row)
        given, odd = courses.dose(row, medicines, arms.once)
    except NotHeld as refusal:
        run.report.drops(row, str(refusal))
        return
    is_early = given.on < arms.first[given.who].on
    early = "a dose before randomization" if is_early else ""
    run.report.keeps(row, "; ".join(filter(None, (odd, early))))
    yield given


@dataclass(frozen=True, slots=True)
class DoseCourse:
    """The doses of one medicine from a randomization on, or up to the next."""

    clinic: int
    patient: int
    medication: str
    first: date
    last: date
    nth: int = FIRST


def add_regimens(run: Import, people: People, arms: Arms) -> None:
    """One regimen a person, medicine and randomization, from the first recorded dose to
    the last."""
    imported = Patient.objects.filter(mrn__startswith=PREFIX)
    # By their ids: nobody has counted the new rows yet, and a join of two tables that
    # look empty is done row by row.
    ids = list(imported.values_list("pk", flat=True))
    again = {people.patient(who): drawn.on for who, drawn in arms.second.items()}
    endings = _endings(run, people)
    regimens = Regimen.objects.bulk_create(
        [_regimen(one, endings.get(one.patient, "")) for one in _courses(ids, again)],
        batch_size=1000,
        ignore_conflicts=True,
    )
    _admit(regimens)


def _courses(ids: list[int], again: Mapping[int, date]) -> Iterator[DoseCourse]:
    doses = DoseEvent.objects.filter(patient_id__in=ids).order_by()
    keys = ("clinic_id", "patient_id", "medication")
    once = doses.exclude(patient_id__in=again).values_list(*keys)
    for span in once.annotate(first=Min("on"), last=Max("on")):
        yield DoseCourse(*span)
    days: dict[tuple[int, int, str, int], list[date]] = defaultdict(list)
    twice = doses.filter(patient_id__in=again)
    for clinic, patient, medication, on in twice.values_list(*keys, "on"):
        nth = SECOND if on >= again[patient] else FIRST
        days[clinic, patient, medication, nth].append(on)
    for (clinic, patient, medication, nth), its in days.items():
        yield DoseCourse(clinic, patient, medication, min(its), max(its), nth)


def _endings(run: Import, people: People) -> Mapping[int, str]:
    """What the records say of how it ended, by patient."""
    left = {people.patient(who): "left the trial" for who in run.leavings}
    return left | {people.patient(who): "died" for who in run.deaths}


def _regimen(one: DoseCourse, ending: str) -> Regimen:
    again = "" if one.nth == FIRST else f":{one.nth}"
    return Regimen(
        clinic_id=one.clinic,
        patient_id=one.patient,
        medication=one.medication,
        schedule="as in the trial",
        started_on=one.first,
        stopped_on=one.last + timedelta(days=1),
        stop_reason="; ".join(filter(None, (LAST_DOSE, ending))),
        source_key=f"regimen:{one.patient}:{one.medication}{again}",
    )


def _admit(regimens: Iterable[Regimen]) -> None:
    """Whoever was given a dose is in treatment from the day of the first on."""
    first_doses: dict[int, date] = {}
    for one in regimens:
        known = first_doses.get(one.patient_id, one.started_on)
        first_doses[one.patient_id] = min(known, one.started_on)
    changed = Patient.objects.filter(pk__in=first_doses, status=Patient.Status.REFERRED)
    for patient in changed:
        patient.status = Patient.Status.ACTIVE
        patient.admitted_on = first_doses[patient.pk]
    Patient.objects.bulk_update(changed, ["status", "admitted_on"], batch_size=1000)
    _admit_episodes(first_doses, [one.pk for one in changed])
    StatusChange.objects.bulk_create(
        StatusChange(
            clinic_id=patient.clinic_id,
            patient=patient,
            status=patient.status,
            reason="First recorded dose",
            changed_at=noon(first_doses[patient.pk]),
        )
        for patient in changed
    )


def _admit_episodes(first_doses: Mapping[int, date], changed: list[int]) -> None:
    episodes = list(Episode.objects.filter(patient__in=changed, left_on=None))
    for episode in episodes:
        first = first_doses[episode.patient_id]
        episode.admitted_on, episode.admitted_by_dose = first, True
        episode.referred_on = min(episode.referred_on, first)
    columns = ["admitted_on", "referred_on", "admitted_by_dose"]
    Episode.objects.bulk_update(episodes, columns, batch_size=1000)
