"""The same as the chart, as a table: a row a day, a column a series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.tenancy import day_here
from assessments.change.points import Point
from assessments.models import Assessment
from reports.progress.model import Series, SeriesReading
from reports.progress.score_changes import ScoreCourse, Since
from reports.progress.series import MEASURED

NEWEST = 5
HOW = {"staff": "spoken", "self": "by the person", "record": "from a record"}


@dataclass(frozen=True, slots=True)
class ScoreTableCell:
    """One value; `state` says why there is none."""

    title: str
    words: str = ""
    band: str = ""
    since: Since | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class ScoreTableRow:
    on: date
    cells: tuple[ScoreTableCell, ...]
    who: str


@dataclass(frozen=True, slots=True)
class Table:
    titles: tuple[str, ...]
    rows: tuple[ScoreTableRow, ...]
    count: int

    @property
    def is_whole(self) -> bool:
        return len(self.rows) == self.count


def table_of(
    series: tuple[Series, ...],
    points: Iterable[Point],
    given: Iterable[Assessment],
    courses: Iterable[ScoreCourse],
    *,
    is_long: bool,
) -> Table:
    """The newest days first; only the first few unless all are wanted."""
    days = sorted({r.on for one in series for r in one.readings}, reverse=True)
    shown = days if is_long else days[:NEWEST]
    bands = {(point.instrument, point.on): point.band for point in points}
    newest = {(c.instrument, c.part): c for c in courses}
    who = _who(given)
    rows = tuple(
        ScoreTableRow(
            day,
            tuple(_cell(one, day, bands, newest) for one in series),
            who.get(day, ""),
        )
        for day in shown
    )
    return Table(tuple(one.title for one in series), rows, len(days))


def _who(given: Iterable[Assessment]) -> dict[date, str]:
    """Who gave what that day, and how, each said once."""
    found: dict[date, dict[str, None]] = {}
    for row in given:
        name = row.given_by.name if row.given_by else ""
        words = ", ".join(part for part in (name, HOW[row.mode]) if part)
        found.setdefault(day_here(row.given_at), {})[words] = None
    return {day: "; ".join(words) for day, words in found.items()}


type Newest = dict[tuple[str, str], ScoreCourse]


def _cell(
    series: Series, day: date, bands: dict[tuple[str, date], str], newest: Newest
) -> ScoreTableCell:
    reading = _last_of(series, day)
    if reading is None:
        return ScoreTableCell(series.title, state=_absence(series, day))
    instrument, _, part = series.key.partition(".")
    band = "" if part else bands.get((instrument, day), "")
    course = newest.get((instrument, part))
    since = course.since_last if course and course.on == day else None
    return ScoreTableCell(
        series.title, reading.words, band if band != reading.words else "", since
    )


def _absence(series: Series, day: date) -> str:
    """What it means that a day has no value."""
    if day < series.readings[0].on:
        return "not yet"
    return "not measured" if series.key.startswith(MEASURED) else "not given"


def _last_of(series: Series, day: date) -> SeriesReading | None:
    that_day = [one for one in series.readings if one.on == day]
    return that_day[-1] if that_day else None
