"""An instrument's own title, and a small line through values over time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.picture import plain
from knowledge.instruments.registry import NoSuchInstrument, find
from knowledge.instruments.titles import short_title

WIDTH, HEIGHT, EDGE = 88, 24, 2
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line through the values, and where it ends."""

    path: str
    x: str
    y: str
    words: str


def title_of(key: str) -> str:
    """An instrument's own title; its key where it is no longer declared."""
    try:
        return find(key).title.en
    except NoSuchInstrument:
        return short_title(key)


def line(points: list[tuple[datetime, Decimal]]) -> Sparkline | None:
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
    return Sparkline(path, f"{x:.1f}", f"{y:.1f}", words)


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return HEIGHT / 2
    return EDGE + (HEIGHT - 2 * EDGE) * (high - value) / (high - low)
