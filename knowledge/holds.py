"""Holds: what an answer that nobody has, or that is out of date, makes wait."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped

# Whose letter stands in which place; a form has that of its family.
PLACES = ("MTD", "BUP_SL", "BUP_LOW", "BUP_XR", "NTX_XR", "NTX_PO")
DAYS = re.compile(r"(\d+) d$")


class Hold(IntEnum):
    """Weakest first."""

    NONE = 0
    TASK = 1
    DOSE = 2
    OPTION = 3


LETTERS = {"-": Hold.NONE, "K": Hold.TASK, "D": Hold.DOSE, "O": Hold.OPTION}
type Holds = Mapping[str, Hold]


class UnclearHolds(ValueError):
    """Not one letter for each family."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldFacts(Cited):
    """What some facts hold back, and by when their answers are owed."""

    names: tuple[str, ...]
    holds: str
    due: str
    note: str = ""
    # Letters of single products, where they differ from their family.
    products: Mapping[str, str] = field(default_factory=dict)
    # A task for whoever has no answer, whether or not a rule asks for it.
    is_owed: bool = False
    # Asked before the first dose of a medicine; a task for whoever takes it.
    at_start: bool = False

    def of(self, place: str, medication: str) -> Hold:
        if medication in self.products:
            return LETTERS[self.products[medication]]
        return read_holds(self.holds)[place]

    @property
    def days(self) -> int:
        """Days until the answer is owed; 0 is today."""
        found = DAYS.search(self.due)
        return int(found[1]) if found else 0


@cache
def read_holds(text: str) -> Holds:
    """By family, from a row of letters such as "D D - D O O"."""
    letters = text.split()
    if len(letters) != len(PLACES) or not set(letters) <= set(LETTERS):
        raise UnclearHolds(text)
    return dict(zip(PLACES, map(LETTERS.__getitem__, letters), strict=True))


NOTHING = "- - - - - -"


@cache
def held_facts() -> Mapping[str, HeldFacts]:
    """By fact."""
    table = shipped()["holds"]
    raw = [{**table["about"], **row} for row in table["fact"]]
    rows = shaped(tuple[HeldFacts, ...], raw, "holds")
    return {name: row for row in rows for name in row.names}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HoldMeaning(Cited):
    """What a hold is called, and what it means for the person."""

    title: str
    text: str


@cache
def hold_meanings() -> Mapping[Hold, HoldMeaning]:
    """The strongest first."""
    table = shipped()["holds"]
    raw = {k: {**table["about"], **told} for k, told in table["meanings"].items()}
    read = shaped(dict[str, HoldMeaning], raw, "holds.meanings")
    return {Hold[key]: meaning for key, meaning in read.items()}


@cache
def holds_of_rules() -> Cited:
    """What the holds of the rules rest on."""
    table = shipped()["holds"]
    return shaped(Cited, {**table["about"], **table["by_rule"]}, "holds.by_rule")


@cache
def fact_hold(fact: str, place: str, medication: str = "") -> Hold:
    """What one fact holds back of a family, or of one of its products."""
    row = held_facts().get(fact)
    return row.of(place, medication) if row else Hold.NONE


@cache
def start_facts() -> frozenset[str]:
    """Facts that hold the first dose of a daily medicine, and none after it."""
    return frozenset(n for n, row in held_facts().items() if row.at_start)


@cache
def owed_facts(place: str) -> tuple[str, ...]:
    """Facts that are a task of a family whatever the rules ask."""
    rows = held_facts().items()
    return tuple(n for n, row in rows if row.is_owed and row.of(place, "") is Hold.TASK)
