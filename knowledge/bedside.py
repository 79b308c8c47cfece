"""Bedside questions: the lists asked before a first dose, most dangerous first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.holds import PLACES
from knowledge.tables import shaped, shipped

BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BedsideLine(Cited):
    """One question; `asks` open it, `also` is what it answers beside once open."""

    key: str
    asks: tuple[str, ...]
    question: str
    also: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """Every fact that its answer settles, what opens it first."""
        return (*self.asks, *self.also)


@cache
def asked_in(part: str) -> tuple[BedsideLine, ...]:
    """The lines of a family's own list, or those known before any."""
    table = shipped()["bedside"]
    rows = [{**table["about"], **row} for row in table[part]]
    return shaped(tuple[BedsideLine, ...], rows, f"bedside.{part}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideList:
    """A list that belongs to no family of options, and when it is asked."""

    key: str
    title: str
    when: str


@cache
def beside_options() -> tuple[BesideList, ...]:
    rows = shipped()["bedside"]["beside"]
    return shaped(tuple[BesideList, ...], rows, "bedside.beside")


@cache
def lines_of(place: str) -> tuple[BedsideLine, ...]:
    """The list of a family, what is known before it first."""
    return (*asked_in(BEFORE), *asked_in(place))


def every_line() -> Iterator[tuple[str, BedsideLine]]:
    """Each line with the family, or the list beside them, that it stands in."""
    for place in PLACES:
        for line in lines_of(place):
            yield place, line
    for one in beside_options():
        for line in asked_in(one.key):
            yield one.key, line


def opened(
    place: str, facts: Iterable[str]
) -> Iterator[tuple[BedsideLine, tuple[str, ...]]]:
    """The lines that these facts open, each with those it asks; each fact once."""
    left = list(facts)
    for line in lines_of(place):
        if not any(fact in line.asks for fact in left):
            continue
        asked = tuple(fact for fact in line.answers if fact in left)
        left = [fact for fact in left if fact not in asked]
        yield line, asked
