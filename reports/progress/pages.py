"""Everything that the Measures tab and the time line show of one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict
from django.utils import timezone

from accounts.tenancy import day_here
from aftercare.check_ins.listing import check_ins_of
from aftercare.record.events.dangers import dangers_among
from aftercare.record.measures import due_of
from assessments.change.points import Point, alike, baseline
from assessments.models import Assessment
from assessments.picture.assemble import subject_of
from assessments.picture.own_sources import TOLD
from assessments.scores.sparkline import Sparkline, line
from knowledge.instruments.registry import NoSuchInstrument, find
from knowledge.wording.amounts import amount
from patients.models import Patient
from reports.chart.header import header_of
from reports.chart.left import for_stage
from reports.progress.chart import chart_of
from reports.progress.drawing.span import latest
from reports.progress.from_record import Record, record_of
from reports.progress.model import ProgressStory, Series
from reports.progress.panels import due_list, latest_bam, latest_phq9, newest_of_each
from reports.progress.query import PRESETS, SHORT, Asked, asked, span_of
from reports.progress.score_changes import (
    ScoreAnswer,
    ScoreCourse,
    answers_of,
    courses_of,
)
from reports.progress.table import table_of

# Chips in sight; the others, and there may be many, are one press away.
CHIPS = 8


@dataclass(frozen=True, slots=True)
class SeriesChip:
    """A series that can be drawn, and the address with it the other way."""

    key: str
    title: str
    is_on: bool
    query: str


@dataclass(frozen=True, slots=True)
class ViewWay:
    """A place to go on the axis, and its address."""

    key: str
    words: str
    query: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """One score's course with its small line."""

    course: ScoreCourse
    line: Sparkline | None


def measures_page(
    patient: Patient, told: QueryDict, *, at: datetime
) -> dict[str, object]:
    """The chart, the same as a table, each score's course, and what stands beside."""
    record = record_of(patient, at=at)
    subject = subject_of(patient, at=at, only=TOLD)
    drawn = header_of(
        patient, at=at, subject=subject, points=record.points, log=record.log
    )
    header = for_stage(drawn, patient, at)
    wanted = asked(told, record.story)
    chosen = record.story.chosen(wanted.keys)
    courses = courses_of(record.points)
    today = day_here(at)
    return {
        **chart_part(record.story, wanted, chosen),
        "header": header,
        "event_dangers": dangers_among(record.care_events, on=today),
        "table": table_of(
            chosen, record.points, record.given, courses, is_long=wanted.is_long
        ),
        "courses": [DrawnChart(c, _line(c)) for c in courses if len(c.points) > 1],
        "once": [course for course in courses if len(course.points) == 1],
        "bam": latest_bam(record.given, record.points),
        "phq9": latest_phq9(record.given, record.points),
        "phq9_course": next((c for c in courses if c.instrument == "phq9"), None),
        "due": due_list(
            header.follow_ups, due_of(patient, on=today, subject=subject), today=today
        ),
        "check_ins": check_ins_of(patient, at=at),
        "measured": newest_of_each(record.observations, at=at),
    }


def timeline_page(
    patient: Patient, told: QueryDict, *, at: datetime
) -> dict[str, object]:
    """The same chart by itself, wide, with everything on it as a list."""
    record = record_of(patient, at=at)
    wanted = asked(told, record.story)
    chosen = record.story.chosen(wanted.keys)
    return {
        **chart_part(record.story, wanted, chosen, is_broad=True),
        "ways": ways(wanted, record.story),
        "entries": entries_of(record, wanted, chosen),
        "undated": record.story.undated,
    }


def chart_part(
    story: ProgressStory,
    wanted: Asked,
    chosen: tuple[Series, ...],
    *,
    is_broad: bool = False,
) -> dict[str, object]:
    chips = _chips(story, wanted)
    return {
        "chart": chart_of(story, wanted.span, chosen, is_broad=is_broad),
        "chips": chips,
        "first_chips": f":{CHIPS}",
        "more_chips": f"{CHIPS}:",
        "has_more": len(chips) > CHIPS,
        "presets": _presets(story, wanted),
        "asked": wanted,
        "admitted_on": story.admitted_on,
    }


def _chips(story: ProgressStory, wanted: Asked) -> list[SeriesChip]:
    """What is drawn first, then the rest in its order."""
    found = [
        SeriesChip(
            one.key, one.title, one.key in wanted.keys, wanted.toggled(one.key).query
        )
        for one in story.series
    ]
    return sorted(found, key=lambda chip: not chip.is_on)


def _presets(story: ProgressStory, wanted: Asked) -> list[ViewWay]:
    ranges = [key for key in PRESETS if story.admitted_on or key != "admission"]
    return [
        ViewWay(
            key,
            PRESETS[key],
            Asked(wanted.keys, key, span_of(key, story), wanted.is_long).query,
            key == wanted.preset,
        )
        for key in ranges
    ]


def ways(wanted: Asked, story: ProgressStory) -> list[ViewWay]:
    """Earlier and later by half, closer and wider by two."""
    span = wanted.span
    moves = {
        "earlier": ("← Earlier", span.moved(-0.5)),
        "later": ("Later →", span.moved(0.5).before(span_of(SHORT, story).until)),
        "closer": ("+ Closer", span.scaled(0.5)),
        "wider": ("\u2212 Wider", span.scaled(2).before(span_of(SHORT, story).until)),
        "month": ("30 days", latest(30, story.today)),
        "year": ("1 year", latest(365, story.today)),
    }
    return [
        ViewWay(key, words, wanted.over(to).query) for key, (words, to) in moves.items()
    ]


@dataclass(frozen=True, slots=True)
class ProgressEntry:
    """One thing on the axis, for the list below it."""

    at: datetime
    kind: str
    words: str
    more: str = ""
    number: int | None = None


def entries_of(
    record: Record, wanted: Asked, chosen: tuple[Series, ...]
) -> list[ProgressEntry]:
    """Everything that is drawn, the newest first."""
    story, span = record.story, wanted.span
    found = [
        *(
            ProgressEntry(reading.at, one.title, reading.words, one.unit)
            for one in chosen
            for reading in one.within(span.since, span.until).readings
        ),
        *(
            ProgressEntry(one.at, "Toxicology", one.fit.value, one.words)
            for one in story.specimens
            if span.holds(one.on)
        ),
        *_of_days(story, wanted),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _of_days(story: ProgressStory, wanted: Asked) -> Iterable[ProgressEntry]:
    """What is known by its day alone."""
    span = wanted.span
    rows = [
        *(("Dose", day, "missed", "") for day in story.missed),
        *(("Visit", day, "kept", "") for day in story.visits),
        *(("Visit", day, "missed", "") for day in story.visits_missed),
        *(
            (doses.title, s.on, "ended" if s.mg is None else f"{amount(s.mg)} mg", "")
            for doses in story.doses
            for s in doses.steps
        ),
        *(("Event", mark.on, mark.words, mark.more) for mark in story.marks),
    ]
    for kind, day, words, more in rows:
        if span.holds(day):
            start = datetime.combine(day, datetime.min.time())
            yield ProgressEntry(timezone.make_aware(start), kind, words, more)


def _line(course: ScoreCourse) -> Sparkline | None:
    values = [(p.at, p.value(course.part)) for p in course.points]
    return line([(at, value) for at, value in values if value is not None])


def results_page(
    instrument: str, rows: list[Assessment], record: Record
) -> dict[str, object]:
    """Every result of one instrument, and its answers now, before and at the start."""
    points = [point for point in record.points if point.instrument == instrument]
    return {
        "rows": rows,
        "answers": _answers(instrument, points),
        "courses": [DrawnChart(c, _line(c)) for c in courses_of(points)],
        "compared": _compared(points),
    }


def _answers(instrument: str, points: list[Point]) -> list[ScoreAnswer]:
    try:
        declared = find(instrument)
    except NoSuchInstrument:
        return []
    prompts = [
        (item.key, item.prompt.en, {c.value: c.words.en for c in item.choices})
        for item in declared.items
    ]
    return answers_of(points, prompts) if points else []


def _compared(points: list[Point]) -> list[tuple[str, date | None]]:
    """The days of the columns: now, the one before, the first."""
    like = alike(points)
    if not like:
        return []
    before = like[-2] if len(like) > 1 else None
    first = baseline(like)
    shown = None if first in (like[-1], before) else first
    columns = (("Newest", like[-1]), ("Before", before), ("Baseline", shown))
    return [(name, point.on if point else None) for name, point in columns]
