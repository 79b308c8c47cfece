"""Scores that share an axis stand in one lane; the others each have their own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from knowledge.wording.amounts import amount
from reports.progress.model import Series

STEPS = tuple(
    Decimal(step)
    for step in (
        *("0.1", "0.2", "0.5", "1", "2", "3", "5", "6", "9", "10", "12", "15", "20"),
        *("25", "50", "100", "200", "500", "1000", "5000", "10000", "100000"),
    )
)
# Measurements have no range of their own: steps that anybody counts in.
ROUND = tuple(
    Decimal(step).scaleb(power) for power in range(-1, 6) for step in (1, 2, 5)
)
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class LaneRung:
    """A line across a lane, with its words."""

    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One vertical axis and what is drawn on it."""

    title: str
    lowest: Decimal
    highest: Decimal
    rungs: tuple[LaneRung, ...]
    series: tuple[Series, ...]

    def share(self, value: Decimal) -> float:
        """How far up a value lies, from 0 to 1."""
        inside = min(max(value, self.lowest), self.highest)
        return float((inside - self.lowest) / (self.highest - self.lowest))


def lanes_of(series: Iterable[Series]) -> list[Lane]:
    """The lanes in the order of their first series."""
    families: dict[str, list[Series]] = {}
    for one in series:
        families.setdefault(one.scale.family or one.key, []).append(one)
    return [_lane(tuple(group)) for group in families.values()]


def _lane(group: tuple[Series, ...]) -> Lane:
    lowest = min(one.scale.lowest for one in group)
    highest = max(one.scale.highest for one in group)
    names = group[0].scale.names
    if names:
        rungs = tuple(LaneRung(Decimal(n), name) for n, name in enumerate(names))
    else:
        rungs = rungs_between(lowest, highest)
    return Lane(_title(group), lowest, highest, rungs, group)


def _title(group: tuple[Series, ...]) -> str:
    if len(group) > 1:
        return "Score"
    unit = group[0].unit
    return f"{group[0].title}, {unit}" if unit else group[0].title


def step_between(lowest: Decimal, highest: Decimal) -> Decimal:
    """The smallest even step of which few enough fit, one that ends at the top if any."""
    span = highest - lowest
    fitting = [step for step in STEPS if span / step <= MOST_STEPS] or [span]
    even = (step for step in fitting if span % step == 0 and span / step > 1)
    return next(even, fitting[0])


def rungs_between(lowest: Decimal, highest: Decimal) -> tuple[LaneRung, ...]:
    step = step_between(lowest, highest)
    count = int((highest - lowest) / step)
    values = [lowest + n * step for n in range(count + 1)]
    return tuple(LaneRung(value, amount(value)) for value in values)


def around(values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """Even ends that hold all of the values, with a little room."""
    found = list(values)
    low, high = min(found), max(found)
    room = high - low or max(abs(low) / 10, Decimal(1))
    step = next((one for one in ROUND if room / one <= MOST_STEPS), room)
    first = (low / step).to_integral_value(ROUND_FLOOR) * step
    last = (high / step).to_integral_value(ROUND_CEILING) * step
    return (first, last) if last > first else (first - step, last + step)
