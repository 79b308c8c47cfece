"""Registry of fact sources: what each brings, from which rows, weighed against which
others. No Django.

An app registers the sources of its own rows when it is ready, so that nothing here
names a higher app.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from assessments.picture.model import KnownFact


class Join(Enum):
    """How a fact joins what sources before this one brought."""

    # The newer stands; of one moment, the source declared later.
    NEWEST = auto()
    # Two lists are one, as old as the newer of them.
    UNITED = auto()
    # The list that is there stands; being asked again dates it anew.
    DATED = auto()
    # Members for a list that is known already, and nothing where none is.
    ADDED = auto()
    # Of two moments told, the later one, whenever each was told.
    LATER = auto()
    # A finding stands against a "no" for as long as the fact stays fresh.
    FOUND = auto()


class Stated(NamedTuple):
    """A fact as a source states it, before the vocabulary has read it.

    `asked` are the answers of a list that it settles; None is all of them.
    """

    name: str
    raw: object
    as_of: datetime
    source: str
    asked: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One statement for any number of people; its rows by patient id."""

    rows: Callable[[list[int], datetime], Mapping[int, Any]]
    # What a person without any row has.
    empty: Callable[[], Any] = list


@dataclass(slots=True)
class Subject:
    """One person whose facts are put together, as far as they are known."""

    patient: Any
    # The moment of the picture, on the clinic's clock.
    at: datetime
    facts: dict[str, KnownFact] = field(default_factory=dict)
    # Lists of the record of which every entry has ended.
    emptied: set[str] = field(default_factory=set)
    rows: dict[Query, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The clinic's day at that moment."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Source:
    """Where some facts come from: its queries, and the reading of one person's rows."""

    name: str
    brings: Mapping[str, Join]
    # Gets the person and the rows of each query, in their order.
    read: Callable[..., Iterable[Stated]]
    queries: tuple[Query, ...] = ()
    # Sources that may bring the same facts and are asked before this one.
    over: tuple[str, ...] = ()


class UndeclaredOrder(ValueError):
    """Two sources bring one fact, and neither says that it is weighed against the other."""


class RegisteredTwice(ValueError):
    """Two sources claim the same name."""


_registered: dict[str, Source] = {}
_ordered: list[Source] = []


def register(*sources: Source) -> None:
    """Let these sources bring their facts into every picture."""
    for source in sources:
        if _registered.get(source.name, source) is not source:
            raise RegisteredTwice(source.name)
        _registered[source.name] = source
    _ordered.clear()


def sources() -> list[Source]:
    """Every source, each after those it is weighed against."""
    if not _ordered:
        _ordered.extend(in_order(_registered.values()))
    return _ordered


def in_order(found: Iterable[Source]) -> Iterator[Source]:
    """Sources sorted by what they are weighed against; refuses an order left open."""
    by_name = {source.name: source for source in found}
    graph = {name: source.over for name, source in sorted(by_name.items())}
    before: dict[str, list[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        source = by_name[name]
        for fact in source.brings:
            earlier = before.setdefault(fact, [])
            if not set(earlier) <= set(source.over):
                raise UndeclaredOrder(f"{fact}: {', '.join([*earlier, name])}")
            earlier.append(name)
        yield source
