"""Scores over time, as a row and a small line."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.assembly import short_title
from assessments.instruments.registry import NoSuchInstrument, find
from assessments.models import Assessment, Observation
from assessments.observed import BY_CODE
from assessments.picture import plain

WIDTH, HEIGHT, EDGE = 88, 24, 2
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One row with its result in words."""

    row: Assessment | Observation
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    """One instrument, or one kind of measurement, through time; the newest first."""

    key: str
    title: str
    rows: list[Shown]
    line: "Line | None"


@dataclass(frozen=True, slots=True)
class Line:
    """A line through the values, and where it ends."""

    path: str
    x: str
    y: str
    words: str


def instruments(rows: Iterable[Assessment]) -> list[Series]:
    """Every instrument that was ever given, the latest given first."""
    by_key: dict[str, list[Assessment]] = defaultdict(list)
    for row in rows:
        by_key[row.instrument].append(row)
    return [_of_instrument(key, its) for key, its in by_key.items()]


def _of_instrument(key: str, rows: list[Assessment]) -> Series:
    stand = [r for r in rows if r.status != Assessment.Status.ENTERED_IN_ERROR]
    points = [(r.given_at, r.total) for r in reversed(stand) if r.total is not None]
    shown = [Shown(r, _result(r)) for r in rows]
    return Series(key, title_of(key), shown, line(points))


def title_of(key: str) -> str:
    """An instrument's own title; its key where it is no longer declared."""
    try:
        return find(key).title.en
    except NoSuchInstrument:
        return short_title(key)


def _result(row: Assessment) -> str:
    total = "" if row.total is None else str(plain(row.total))
    return ", ".join(part for part in (total, row.band) if part)


def observations(rows: Iterable[Observation]) -> list[Series]:
    """Every kind of measurement on record, the latest first."""
    by_code: dict[str, list[Observation]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    return [_of_code(code, its) for code, its in by_code.items()]


def _of_code(code: str, rows: list[Observation]) -> Series:
    stand = [r for r in rows if r.error_at is None]
    points = [(r.effective_at, r.value) for r in reversed(stand) if r.value is not None]
    measure = BY_CODE.get(code)
    title = measure.label if measure else code
    return Series(code, title, [Shown(r, _measured(r)) for r in rows], line(points))


def _measured(row: Observation) -> str:
    return row.text if row.value is None else f"{plain(row.value)} {row.unit}".strip()


def line(points: list[tuple[datetime, Decimal]]) -> Line | None:
    """The points on one time axis; None where there is no course to see."""
    if len(points) < FEWEST:
        return None
    first, last = points[0][0], points[-1][0]
    values = [float(value) for _, value in points]
    low, high = min(values), max(values)
    span = (last - first).total_seconds() or 1
    placed = [
        (
            EDGE + (WIDTH - 2 * EDGE) * (at - first).total_seconds() / span,
            _height(float(value), low, high),
        )
        for at, value in points
    ]
    path = "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    x, y = placed[-1]
    words = ", ".join(str(plain(value)) for _, value in points)
    return Line(path, f"{x:.1f}", f"{y:.1f}", words)


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return HEIGHT / 2
    return EDGE + (HEIGHT - 2 * EDGE) * (high - value) / (high - low)
