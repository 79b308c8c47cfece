"""The figures of change.toml as values: how much counts, since when, and who says so."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOREVER = date.max


class Kind(StrEnum):
    RELIABLE = "reliable"
    IMPORTANT = "important"


class By(StrEnum):
    POINTS = "points"
    PERCENT = "percent"
    LINE = "line"
    RANK = "rank"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A figure's key, where it is from, how well it was checked, and its days."""

    key: str
    source: str
    tag: str
    last_checked: date
    since: date
    until: date = FOREVER

    def holds_on(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Sourced):
    """How much of a change counts, of which kind; None where one way has no figure."""

    kind: Kind
    by: By
    better_by: Decimal | None = None
    worse_by: Decimal | None = None
    least_points: Decimal = Decimal(0)
    from_score: Decimal = Decimal(0)
    line: Decimal = Decimal(0)
    ranks: Mapping[str, int] = field(default_factory=dict, hash=False)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Sourced):
    """A named place on the way: response (a share of the first score), remission."""

    name: str
    fall_percent: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is compared: the total of an instrument, or one of its parts."""

    instrument: str
    part: str = ""
    rises_when_better: bool
    lowest: Decimal | None = None
    highest: Decimal | None = None
    is_symptom: bool = True
    is_level: bool = False
    figures: tuple[Figure, ...]
    milestones: tuple[Milestone, ...] = ()

    def on(self, day: date) -> tuple[Figure, ...]:
        """The figures in force on a day."""
        return tuple(figure for figure in self.figures if figure.holds_on(day))


@dataclass(frozen=True, slots=True)
class Unscored:
    """An instrument of which no change is to be counted, and why."""

    words: str
    source: str
    tag: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All figures, by instrument, with what holds for every one of them."""

    measures: Mapping[str, tuple[Measure, ...]]
    unscored: Mapping[str, Unscored]
    withdrawal_in: str
    withdrawal_from: Decimal
    improving_points: int
    trend_points: int


@cache
def knowledge() -> Knowledge:
    """The figures that ship with this version, read once."""
    text = (HERE / "change.toml").read_text(encoding="utf-8")
    return read(tomllib.loads(text, parse_float=Decimal))


def read(table: Mapping[str, Any]) -> Knowledge:
    """Knowledge from a plain table; what it lacks or has too much is an error."""
    measures: dict[str, tuple[Measure, ...]] = {}
    for row in table["measures"]:
        one = _measure(row)
        measures[one.instrument] = (*measures.get(one.instrument, ()), one)
    return Knowledge(
        measures=measures,
        unscored={
            row["instrument"]: Unscored(row["words"], row["source"], row["tag"])
            for row in table["unscored"]
        },
        withdrawal_in=table["withdrawal"]["instrument"],
        withdrawal_from=Decimal(table["withdrawal"]["least"]),
        improving_points=table["points_in_time"]["improving"],
        trend_points=table["points_in_time"]["trend"],
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        instrument=row["instrument"],
        part=row.get("part", ""),
        rises_when_better={"up": True, "down": False}[row["better"]],
        lowest=_number(row.get("lowest")),
        highest=_number(row.get("highest")),
        is_symptom=row.get("symptom", True),
        is_level=row.get("is_level", False),
        figures=tuple(_figure(one) for one in row["figures"]),
        milestones=tuple(_milestone(one) for one in row.get("milestones", ())),
    )


NUMBERS = (
    *("better_by", "worse_by", "least_points", "from_score", "line"),
    *("within_hours", "fall_percent", "below"),
)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its numbers as decimals and its lists as tuples."""
    numbers = {name: Decimal(row[name]) for name in NUMBERS if name in row}
    lists = {k: tuple(v) for k, v in row.items() if isinstance(v, list)}
    return {**row, **numbers, **lists}


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(**{**_plain(row), "kind": Kind(row["kind"]), "by": By(row["by"])})


def _milestone(row: Mapping[str, Any]) -> Milestone:
    return Milestone(**_plain(row))


def _number(raw: Any) -> Decimal | None:
    return None if raw is None else Decimal(raw)
