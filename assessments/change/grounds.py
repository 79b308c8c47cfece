"""Grounds of a change: the figures that it reaches, and which way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assessments.change.points import Point
from knowledge.change import By, Figure, Measure


class Direction(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    NONE = "none"

    @property
    def back(self) -> "Direction":
        """The way back."""
        return {
            Direction.BETTER: Direction.WORSE,
            Direction.WORSE: Direction.BETTER,
        }.get(self, self)


@dataclass(frozen=True, slots=True)
class Ground:
    """A figure that a change reaches, and which way."""

    figure: Figure
    direction: Direction


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scores of one measure."""

    measure: Measure
    before: Point
    now: Point

    @property
    def first(self) -> Decimal | None:
        return self.before.value(self.measure.part)

    @property
    def last(self) -> Decimal | None:
        return self.now.value(self.measure.part)

    @property
    def moved(self) -> Decimal | None:
        """How far up; None where one of the two has no number."""
        if self.first is None or self.last is None:
            return None
        return self.last - self.first

    @property
    def percent(self) -> Decimal | None:
        """How far in percent of the first; None where that says nothing."""
        if self.moved is None or not self.first:
            return None
        return abs(self.moved) * 100 / self.first

    def way(self, moved: Decimal | int) -> Direction:
        """Whether going up by so much is better."""
        if not moved:
            return Direction.NONE
        is_better = (moved > 0) == self.measure.rises_when_better
        return Direction.BETTER if is_better else Direction.WORSE


def grounds_of(pair: Pair) -> tuple[Ground, ...]:
    """Every figure in force that the change reaches."""
    figures = pair.measure.on(pair.now.on)
    return tuple(
        Ground(figure, way)
        for figure in figures
        for way in REACHED[figure.by](figure, pair)
    )


type Ways = tuple[Direction, ...]


def _by_points(figure: Figure, pair: Pair) -> Ways:
    if pair.moved is None or not _follows_dose(figure, pair):
        return ()
    return _if_enough(figure, pair, pair.moved, abs(pair.moved))


def _by_percent(figure: Figure, pair: Pair) -> Ways:
    if pair.moved is None or pair.percent is None or pair.first is None:
        return ()
    if pair.first < figure.from_score or abs(pair.moved) < figure.least_points:
        return ()
    return _if_enough(figure, pair, pair.moved, pair.percent)


def _if_enough(figure: Figure, pair: Pair, moved: Decimal, much: Decimal) -> Ways:
    way = pair.way(moved)
    needed = {
        Direction.BETTER: figure.better_by,
        Direction.WORSE: figure.worse_by,
    }.get(way)
    return (way,) if needed is not None and much >= needed else ()


def _follows_dose(figure: Figure, pair: Pair) -> bool:
    """Whether a dose that the figure asks for came between the two, and near enough."""
    if not figure.after_dose_of:
        return True
    doses = pair.now.hours_since_dose
    wanted = figure.after_dose_of
    hours = [h for name, h in doses.items() if wanted in ("any", name)]
    between = (pair.now.at - pair.before.at).total_seconds() / 3600
    most = between if figure.within_hours is None else float(figure.within_hours)
    return any(hour <= min(between, most) for hour in hours)


def _by_line(figure: Figure, pair: Pair) -> Ways:
    if pair.first is None or pair.last is None:
        return ()
    crossed = (pair.last >= figure.line) - (pair.first >= figure.line)
    return (pair.way(crossed),) if crossed else ()


def _by_rank(figure: Figure, pair: Pair) -> Ways:
    before, now = (rank_of(figure, point) for point in (pair.before, pair.now))
    if before is None or now is None or before == now:
        return ()
    way = pair.way(now - before)
    return () if figure.only and figure.only != way else (way,)


def rank_of(figure: Figure, point: Point) -> int | None:
    """The place of a band among the others; a total of 0 may be one by itself."""
    if figure.zero_is_apart and point.total == 0:
        return 0
    return figure.ranks.get(point.band)


def _by_item(figure: Figure, pair: Pair) -> Ways:
    """An answer that was 0 and is not, or the other way round where that has words."""
    before, now = pair.before.items, pair.now.items
    risen = any(_began(figure, before.get(k), now.get(k)) for k in figure.items)
    ended = bool(figure.better_words) and _none_left(figure, before, now)
    found = ((Direction.WORSE, risen), (Direction.BETTER, ended))
    return tuple(way for way, holds in found if holds)


def _began(figure: Figure, before: int | None, now: int | None) -> bool:
    was_none = before == 0 or (before is None and figure.unanswered_counts)
    return bool(now) and was_none


type Items = Mapping[str, int | None]


def _none_left(figure: Figure, before: Items, now: Items) -> bool:
    """Whether something was said before, and all of that is 0 now, and nothing else."""
    had = [key for key in figure.items if before.get(key)]
    left = any(now.get(key) for key in figure.items)
    return bool(had) and not left and all(now.get(key) == 0 for key in had)


REACHED: Mapping[By, Callable[[Figure, Pair], Ways]] = {
    By.POINTS: _by_points,
    By.PERCENT: _by_percent,
    By.LINE: _by_line,
    By.RANK: _by_rank,
    By.ITEM: _by_item,
}
