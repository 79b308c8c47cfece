"""Change that counts: how much of it, of which kind, since when, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped
from knowledge.wording.amounts import amount


class ChangeKind(StrEnum):
    RELIABLE = "reliable"
    IMPORTANT = "important"


class By(StrEnum):
    POINTS = "points"
    PERCENT = "percent"
    LINE = "line"
    RANK = "rank"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ending(Cited):
    """A statement with a key, in force from its first day until its last."""

    key: str
    until: date = date.max

    def holds_on(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure(Ending):
    """How much of a change counts, of which kind; None where one way has no figure."""

    kind: ChangeKind
    by: By
    better_by: Decimal | None = None
    worse_by: Decimal | None = None
    least_points: Decimal = Decimal(0)
    from_score: Decimal = Decimal(0)
    line: Decimal = Decimal(0)
    ranks: Mapping[str, int] = field(default_factory=dict)
    zero_is_apart: bool = False
    only: str = ""
    items: tuple[str, ...] = ()
    unanswered_counts: bool = False
    after_dose_of: str = ""
    within_hours: Decimal | None = None
    decides: bool = False
    at_once: bool = False
    better_words: str = ""
    worse_words: str = ""

    @property
    def size(self) -> str:
        """How much it asks for, in words."""
        unit = {By.POINTS: " points", By.PERCENT: "%"}.get(self.by)
        if unit is None:
            return {
                By.LINE: f"A value that crosses {amount(self.line)}",
                By.RANK: "Another level",
                By.ITEM: "An answer that was none and is not",
            }[self.by]
        ways = (("better", self.better_by), ("worse", self.worse_by))
        sizes = [f"{amount(least)}{unit} {way}" for way, least in ways if least]
        return " or ".join(sizes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Milestone(Ending):
    """A named place on the way: response (a share of the first score), remission."""

    name: str
    fall_percent: Decimal | None = None
    below: Decimal | None = None

    @property
    def size(self) -> str:
        """Where it lies, in words."""
        fall = f"{amount(self.fall_percent)}% less than at first"
        return fall if self.fall_percent else f"Below {amount(self.below)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is compared: the total of an instrument, or one of its parts."""

    instrument: str
    part: str = ""
    better: Literal["up", "down"]
    lowest: Decimal | None = None
    highest: Decimal | None = None
    is_symptom: Annotated[bool, Field(alias="symptom")] = True
    is_level: bool = False
    figures: tuple[Figure, ...]
    milestones: tuple[Milestone, ...] = ()

    @property
    def rises_when_better(self) -> bool:
        return self.better == "up"

    def on(self, day: date) -> tuple[Figure, ...]:
        """The figures in force on a day."""
        return tuple(figure for figure in self.figures if figure.holds_on(day))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unscored(Cited):
    """An instrument of which no change is to be counted, and why."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Withdrawal(Cited):
    """The score from which on another first score of that day is no baseline."""

    instrument: str
    least: Decimal
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointsInTime(Cited):
    """How many scores it takes to call a course improving, and to name a trend."""

    improving: int
    trend: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFigures:
    """All figures, with what holds for every one of them."""

    withdrawal: Withdrawal
    points_in_time: PointsInTime
    measures: tuple[Measure, ...]
    unscored: Mapping[str, Unscored]

    def of(self, instrument: str) -> tuple[Measure, ...]:
        """What is compared of an instrument; empty where nothing is."""
        return tuple(one for one in self.measures if one.instrument == instrument)


@cache
def change_figures() -> ChangeFigures:
    """The figures that ship with this version, read once."""
    return shaped(ChangeFigures, shipped()["change"], "change")
