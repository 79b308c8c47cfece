"""Freshness of facts: how long each counts, and what it still says after that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache, cached_property

from knowledge.conditions import Declared, Facts, all_hold
from knowledge.numbers import Number
from knowledge.tables import shaped, shipped

ANY = "any"
# Answers that say that there is nothing.
NOTHING_THERE = frozenset(["no", "none", "never", "negative"])


@dataclass(frozen=True, kw_only=True, eq=False)
class Freshness(Number):
    """The hours for which some facts count, and which answers stand beyond them."""

    names: tuple[str, ...]
    stands: tuple[str, ...] = ()
    stands_from: int | None = None
    stands_to: int | None = None
    stands_hours: int | None = None
    # A shorter time for those of whom this holds, by what is on record.
    closer: int | None = None
    closer_where: tuple[Declared, ...] = ()

    @cached_property
    def span(self) -> timedelta:
        return timedelta(hours=int(self.value))

    @cached_property
    def stands_for(self) -> timedelta | None:
        """How long what stands does so; None is until something newer is said."""
        hours = self.stands_hours
        return None if hours is None else timedelta(hours=hours)

    def holds(self, word: str, age: timedelta) -> bool:
        """Whether an answer so old still counts; `word` is the answer in one word."""
        return age <= self.span or (self._stands(word) and self._stands_still(age))

    @cached_property
    def closer_span(self) -> timedelta | None:
        return None if self.closer is None else timedelta(hours=self.closer)

    def _span_of(self, facts: Facts) -> timedelta:
        """How long a number counts for the one of whom these facts are."""
        if self.closer_span is None or not all_hold(self.closer_where, facts):
            return self.span
        return self.closer_span

    def number_holds(self, number: int | Decimal, age: timedelta, facts: Facts) -> bool:
        high = self.stands_from is not None and number >= self.stands_from
        low = self.stands_to is not None and number <= self.stands_to
        is_fresh = age <= self._span_of(facts)
        return is_fresh or ((high or low) and self._stands_still(age))

    def _stands(self, word: str) -> bool:
        if word in self.stands:
            return True
        return ANY in self.stands and word not in NOTHING_THERE

    def _stands_still(self, age: timedelta) -> bool:
        return self.stands_for is None or age <= self.stands_for


@cache
def freshness() -> tuple[Freshness, ...]:
    table = shipped()["freshness"]["fact"]
    return shaped(tuple[Freshness, ...], table, "freshness")


@cache
def _by_name() -> Mapping[str, Freshness]:
    return {name: one for one in freshness() for name in one.names}


@cache
def usual_freshness() -> Freshness:
    """How a fact ages that is not named."""
    table = {"names": (), **shipped()["freshness"]["default"]}
    return shaped(Freshness, table, "freshness.default")


@cache
def ageless() -> tuple[str, ...]:
    """Facts that do not age, or by their own dates."""
    return tuple(shipped()["freshness"]["ageless"]["names"])


@cache
def ageing(fact: str, member: str = "") -> Freshness | None:
    """How a fact, or one answer of a list, ages; None where it does not."""
    named = _by_name()
    if member and f"{fact}.{member}" in named:
        return named[f"{fact}.{member}"]
    if fact in ageless():
        return None
    return named.get(fact, usual_freshness())


def fresh_span(fact: str) -> timedelta | None:
    """How long a fact counts whatever it says; None where it does not age."""
    found = ageing(fact)
    return found.span if found else None
