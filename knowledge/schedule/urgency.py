"""Order of danger: the factors that put one person before another, the gravest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.tables import shaped, shipped


class UrgencyGroup(StrEnum):
    """The headings of a list, in its order."""

    CANNOT_WAIT = "cannot_wait"
    TODAY = "today"
    THIS_WEEK = "this_week"
    LATER = "later"
    # Of a factor: the day decides between today, this week and later.
    BY_DAY = "by_day"


@dataclass(frozen=True, slots=True)
class FactorCase:
    """One way in which a factor holds, and what is said of it."""

    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DangerFactor(Cited):
    """One reason to look at somebody first, with its cases, the graver first."""

    key: str
    title: str
    group: UrgencyGroup
    is_red: bool
    icon: str
    cases: tuple[FactorCase, ...]

    def level(self, case: str) -> int:
        """Which place a case has within the factor."""
        return [one.key for one in self.cases].index(case)

    def words(self, case: str) -> str:
        return self.cases[self.level(case)].words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventsThatCount(Cited):
    """Kinds of event that count as an overdose, as use, as a pregnancy; `left` are those
    that end a stay, with the name of what was left."""

    overdose: tuple[str, ...]
    kit_used: tuple[str, ...]
    use: tuple[str, ...]
    pregnancy: tuple[str, ...]
    pregnancy_over: tuple[str, ...]
    left: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordsHeard(Cited):
    """What the record keeps that is a word from the person."""

    kinds: tuple[str, ...]
    instruments: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderOfDanger:
    """All that puts people in order, the gravest factor first."""

    factor: tuple[DangerFactor, ...]
    numbers: Mapping[str, Number]
    events: EventsThatCount
    heard: WordsHeard

    def named(self, key: str) -> DangerFactor:
        return self.factor[self.rank(key)]

    def rank(self, key: str) -> int:
        """The place of a factor; 0 is the gravest."""
        return [one.key for one in self.factor].index(key)

    def days(self, name: str, chosen: Mapping[str, int]) -> int:
        """A number of it: a clinic's own, else the one that ships."""
        return chosen.get(name, self.numbers[name].days)


@cache
def order_of_danger() -> OrderOfDanger:
    return shaped(OrderOfDanger, shipped()["schedule"]["urgency"], "schedule/urgency")
