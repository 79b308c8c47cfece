"""One person's whole story from the rows on record, in few queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, DateField, DateTimeField, F, TextField
from django.db.models import Value as Constant
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.tenancy import day_here
from aftercare.record.events.dangers import HappenedEvent
from assessments.change.points import Point
from assessments.models import Assessment, Observation
from assessments.observations.kinds import label_of
from assessments.observations.numbers import with_sign
from assessments.scores.points import points_from
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from medications.models.medicines import medicine_choices
from patients.models import Patient
from reports.progress.doses import DoseSpan, Spell, doses_of
from reports.progress.events import Happened, happened_to
from reports.progress.model import AxisFit, Mark, ProgressStory, Specimen
from reports.progress.series import series_of
from treatment.log import MISSED, LoggedDose
from treatment.models import DoseEvent, Regimen, ToxicologyResult

LABELS = dict(medicine_choices())
PRESENT = ToxicologyResult.Result.POSITIVE
REGIMEN = "regimen"
COLUMNS = ("x_on", "medication", "x_kind", "x_mg", "x_at", "x_until", "x_why")


@dataclass(frozen=True, slots=True)
class Record:
    """The rows that the page shows beside the chart, and the chart's story."""

    given: list[Assessment]
    points: list[Point]
    observations: list[Observation]
    # The dose log up to today, the latest first.
    log: list[LoggedDose]
    story: ProgressStory
    care_events: tuple[HappenedEvent, ...]


def record_of(patient: Patient, *, at: datetime) -> Record:
    """Everything that was measured and everything that happened, in five queries."""
    given = list(
        Assessment.objects.in_force()
        .filter(patient=patient, given_at__lte=at)
        .select_related("given_by")
        .order_by("given_at", "pk")
    )
    observations = list(
        Observation.objects.filter(patient=patient, error_at=None)
        .select_related("recorded_by")
        .order_by("-effective_at", "-pk")
    )
    points = points_from(given, zone=timezone.get_current_timezone())
    log, regimens = _medicines(patient, day_here(at))
    happened = happened_to(patient)
    story = _story(patient, points, observations, log, regimens, happened, at)
    latest = log[::-1]
    return Record(given, points, observations, latest, story, happened.care_events)


def _story(
    patient: Patient,
    points: list[Point],
    observations: list[Observation],
    log: list[LoggedDose],
    regimens: list["RecordedCourse"],
    happened: Happened,
    at: datetime,
) -> ProgressStory:
    today = day_here(at)
    spans = [DoseSpan(one.on, one.medication, one.kind, one.amount_mg) for one in log]
    marks = [
        *_admission(patient),
        *happened.marks,
        *(mark for regimen in regimens for mark in _regimen(regimen)),
        *(mark for row in observations for mark in _beyond(row)),
    ]
    return ProgressStory(
        today=today,
        admitted_on=patient.admitted_on,
        series=series_of(points, observations, zone=timezone.get_current_timezone()),
        doses=doses_of(spans, [one.spell for one in regimens], today=today),
        specimens=_specimens(patient),
        missed=tuple(sorted({one.on for one in log if one.kind == MISSED})),
        visits=happened.visits,
        visits_missed=happened.visits_missed,
        undated=happened.undated,
        marks=tuple(sorted(marks, key=lambda mark: (mark.on, mark.words))),
    )


@dataclass(frozen=True, slots=True)
class RecordedCourse:
    """One regimen, with why it ended."""

    spell: Spell
    why: str


def _medicines(
    patient: Patient, today: date
) -> tuple[list[LoggedDose], list[RecordedCourse]]:
    """The dose log and the regimens up to today, the oldest first, in one query; what is
    ordered for later, and a stop that lies ahead, have not happened."""
    doses = DoseEvent.objects.filter(patient=patient, on__lte=today).order_by()
    regimens = Regimen.objects.filter(patient=patient, started_on__lte=today)
    regimens = regimens.order_by()
    log = doses.annotate(
        x_on=F("on"),
        x_kind=F("kind"),
        x_mg=F("amount_mg"),
        x_at=F("at"),
        x_until=Cast(Constant(None), DateField()),
        x_why=Cast(Constant(""), TextField()),
    ).values_list(*COLUMNS, "pk")
    courses = regimens.annotate(
        x_on=F("started_on"),
        x_kind=Constant(REGIMEN, output_field=CharField()),
        x_mg=F("dose_mg"),
        x_at=Cast(Constant(None), DateTimeField()),
        x_until=F("stopped_on"),
        x_why=Cast(F("stop_reason"), TextField()),
    ).values_list(*COLUMNS, "pk")
    rows = list(log.union(courses, all=True).order_by("x_on", "pk"))
    return (
        [
            LoggedDose(medication, kind, on, at, mg)
            for on, medication, kind, mg, at, *_ in rows
            if kind != REGIMEN
        ],
        [
            RecordedCourse(Spell(medication, on, _come(until, today), mg), why)
            for on, medication, kind, mg, _, until, why, _ in rows
            if kind == REGIMEN
        ],
    )


def _specimens(patient: Patient) -> tuple[Specimen, ...]:
    rows = ToxicologyResult.objects.filter(patient=patient).order_by(
        "collected_at", "pk"
    )
    by_moment: dict[datetime, list[ToxicologyResult]] = defaultdict(list)
    for row in rows:
        by_moment[timezone.localtime(row.collected_at)].append(row)
    return tuple(Specimen(at, _fit(its), _shown(its)) for at, its in by_moment.items())


def _fit(rows: Iterable[ToxicologyResult]) -> AxisFit:
    """Unexpected where any result is; not judged where something present may be, or
    where a test says nothing."""
    found = list(rows)
    if any(row.is_expected is False for row in found):
        return AxisFit.UNEXPECTED
    says_no = ToxicologyResult.Result.NEGATIVE
    is_open = any(row.is_expected is None and row.result != says_no for row in found)
    return AxisFit.OPEN if is_open else AxisFit.EXPECTED


def _shown(rows: Iterable[ToxicologyResult]) -> str:
    """What was present, and what should have been."""
    found = list(rows)
    present = [row.analyte for row in found if row.result == PRESENT]
    lacking = [
        row.analyte
        for row in found
        if row.is_expected is False and row.result == ToxicologyResult.Result.NEGATIVE
    ]
    invalid = [
        row.analyte for row in found if row.result == ToxicologyResult.Result.INVALID
    ]
    words = [f"{', '.join(present)} present"] if present else []
    if not present and len(invalid) < len(found):
        words = ["nothing present"]
    if invalid:
        words.append(f"{', '.join(invalid)} not valid")
    if lacking:
        words.append(f"{', '.join(lacking)} not found")
    return "; ".join(words).replace("_", " ")


def _admission(patient: Patient) -> list[Mark]:
    day = patient.admitted_on
    return [Mark(day, "Admitted", "")] if day else []


def _come(until: date | None, today: date) -> date | None:
    return until if until and until <= today else None


def _regimen(one: RecordedCourse) -> list[Mark]:
    spell = one.spell
    name = medicines()[spell.medication].line
    dose = f"{amount(spell.mg)} mg" if spell.mg else ""
    label = str(LABELS[spell.medication])
    more = ", ".join(part for part in (label, dose) if part)
    begun = Mark(spell.started_on, f"{name} started", more)
    if spell.stopped_on is None:
        return [begun]
    return [begun, Mark(spell.stopped_on, f"{name} stopped", one.why)]


def _beyond(row: Observation) -> list[Mark]:
    """A measurement outside the limits of the laboratory that made it."""
    if not row.beyond:
        return []
    number = with_sign(row.comparator, amount(row.value)) or row.text
    words = f"{label_of(row.code).split(',')[0]} {number}"
    return [
        Mark(day_here(row.effective_at), words, f"{row.beyond}, {row.unit}".strip(", "))
    ]
