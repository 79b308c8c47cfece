"""Dated numbers, each with its source, and what a clinic may choose instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from knowledge.cited import Cited

type Amount = int | Decimal


class NoValueOn(LookupError):
    """A parameter has no value yet on the day asked about."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """Between two ends, or one of a few."""

    low: Amount | None = None
    high: Amount | None = None
    one_of: tuple[Amount, ...] = ()
    because: str = ""

    def allows(self, number: Amount) -> bool:
        if self.one_of:
            return number in self.one_of
        return (self.low is None or self.low <= number) and (
            self.high is None or number <= self.high
        )

    @property
    def words(self) -> str:
        if self.one_of:
            return "one of " + ", ".join(str(n) for n in self.one_of)
        if self.low is None:
            return f"{self.high} or less"
        return (
            f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number(Cited):
    """A value that holds from `since` on, with its unit, its meaning, and what a clinic
    may choose instead; None where it is not a clinic's to choose."""

    value: Amount
    unit: str = ""
    meaning: str = ""
    permitted: Permitted | None = None

    @property
    def days(self) -> int:
        return int(self.value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameter:
    """One quantity with all the values it ever had; never edited, only added to."""

    key: str
    unit: str
    meaning: str
    values: tuple[Number, ...]
    permitted: Permitted | tuple[Amount, ...] | None = None
    permitted_because: str = ""

    @property
    def choice(self) -> Permitted | None:
        """What a clinic may choose."""
        if self.permitted is None:
            return None
        if isinstance(self.permitted, tuple):
            return Permitted(one_of=self.permitted, because=self.permitted_because)
        return replace(self.permitted, because=self.permitted_because)

    def on(self, day: date) -> Number:
        """The value in force; refuses a day before the first."""
        dated = [value for value in self.values if value.since <= day]
        if not dated:
            raise NoValueOn(f"{self.key} has no value on {day}")
        return replace(
            max(dated, key=lambda value: value.since),
            unit=self.unit,
            meaning=self.meaning,
            permitted=self.choice,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IngredientSet(Cited):
    """Other medicines of one class, and what they do to medication for OUD."""

    kind: str = ""
    on: tuple[str, ...] = ()
    direction: str = ""
    effect: str = ""
    rules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    weaker: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
