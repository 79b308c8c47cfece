"""A person's own course: off track against the baseline, and the trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assessments.change.comparing import Change, compare, together
from assessments.change.grounds import Direction
from assessments.change.points import Point, alike, baseline
from knowledge.change import change_figures

NAMES = {
    Direction.BETTER: "improving",
    Direction.WORSE: "getting worse",
    Direction.MIXED: "mixed",
}


@dataclass(frozen=True, slots=True)
class Trend:
    """The way of the newest scores together."""

    direction: Direction
    over: int
    words: str


def since_baseline(points: Iterable[Point]) -> Change | None:
    """The newest score against the person's own first one; None where it is the first."""
    ordered = alike(points)
    first = baseline(ordered)
    if first is None or first is ordered[-1]:
        return None
    return compare(first, ordered[-1])


def since_last(points: Iterable[Point]) -> Change | None:
    """The newest score against the one before; None where there is none to compare."""
    ordered = alike(points)
    return compare(ordered[-2], ordered[-1]) if len(ordered) > 1 else None


def off_track(points: Iterable[Point]) -> Change | None:
    """The newest score where it is worse than the person's own baseline, by the table.

    What has to be seen at once (a new thought of self-harm, a risen level of risk,
    use after none) counts against the score just before as well.
    """
    ordered = alike(points)
    against_first, against_last = since_baseline(ordered), since_last(ordered)
    if against_first is not None and against_first.is_off_track:
        return against_first
    if against_last is not None and _is_at_once(against_last):
        return against_last
    return None


def _is_at_once(change: Change) -> bool:
    return any(
        ground.figure.at_once for part in change.parts for ground in part.worse_by_table
    )


def label(points: Iterable[Point]) -> str:
    """`improving` or its contrary: from two points in time on, and only if it counts."""
    ordered = alike(points)
    change = since_baseline(ordered)
    if change is None or len(ordered) < change_figures().points_in_time.improving:
        return ""
    ways = together(part.direction for part in change.parts if part.counts)
    return NAMES.get(ways, "")


def trend(points: Iterable[Point], part: str = "") -> Trend | None:
    """The way of the last three scores; None before there are three.

    They have to go one way, none of them back, and their sum has to count.
    """
    needed = change_figures().points_in_time.trend
    told = [point for point in alike(points) if point.value(part) is not None]
    if len(told) < needed:
        return None
    direction = _steady(told[-needed:], part)
    words = NAMES.get(direction, "no steady trend")
    return Trend(direction, needed, f"{words} over {needed} scores")


def _steady(points: Sequence[Point], part: str) -> Direction:
    whole = compare(points[0], points[-1]).part(part)
    if whole is None or not whole.counts:
        return Direction.NONE
    steps = [
        step.direction
        for before, now in pairwise(points)
        if (step := compare(before, now).part(part)) is not None
    ]
    return whole.direction if together(steps) is whole.direction else Direction.NONE
