"""One score at one time, and which scores may be compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from knowledge.change import change_figures

type Value = Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One instrument as it was given once, as far as a comparison needs it.

    `hours_since_dose` tells by ingredient how long before it a dose was taken; an
    ingredient that is not named was not taken, as far as anybody wrote down.
    """

    at: datetime
    instrument: str
    version: str
    mode: str = "staff"
    look_back: str = ""
    total: Value = None
    band: str = ""
    subscales: Mapping[str, Value] = field(default_factory=dict, hash=False)
    items: Mapping[str, int | None] = field(default_factory=dict, hash=False)
    in_withdrawal: bool = False
    hours_since_dose: Mapping[str, float] = field(default_factory=dict, hash=False)
    pk: int | None = None

    @property
    def on(self) -> date:
        """Its day; `at` is on the clinic's clock."""
        return self.at.date()

    @property
    def sort(self) -> tuple[str, str, str, str]:
        """Only scores of one sort are compared."""
        return (self.instrument, self.version, self.mode, self.look_back)

    def value(self, part: str) -> Value:
        """The total, or the sum of a part; None where it was not given."""
        return self.subscales.get(part) if part else self.total

    @property
    def has_result(self) -> bool:
        """Whether there is a total, a sum of a part or a level to compare with."""
        sums = (self.total, *self.subscales.values())
        return bool(self.band) or any(one is not None for one in sums)


def unlike(before: Point, now: Point) -> str:
    """Why two scores cannot be compared; empty where they can."""
    reasons = {
        "another instrument": before.instrument != now.instrument,
        "another version": before.version != now.version,
        "given another way": before.mode != now.mode,
        "over another time": before.look_back != now.look_back,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds)


def alike(points: Iterable[Point]) -> list[Point]:
    """The newest point with all that may be compared with it, oldest first."""
    ordered = sorted(points, key=lambda point: (point.at, point.pk or 0))
    return [point for point in ordered if point.sort == ordered[-1].sort]


def baseline(points: Iterable[Point]) -> Point | None:
    """The first score of the newest one's sort; one taken in withdrawal is none.

    Where withdrawal itself is measured, the first one is the first.
    """
    fit = (p for p in alike(points) if p.has_result and not _is_confounded(p))
    return next(fit, None)


def _is_confounded(point: Point) -> bool:
    measures = change_figures().of(point.instrument)
    return point.in_withdrawal and all(measure.is_symptom for measure in measures)
