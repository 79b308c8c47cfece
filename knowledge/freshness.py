"""Freshness of facts: how long each counts before it is out of date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from knowledge.numbers import Number
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Freshness(Number):
    """The hours for which some facts count."""

    names: tuple[str, ...]


@cache
def freshness() -> tuple[Freshness, ...]:
    table = shipped()["freshness"]["fact"]
    return shaped(tuple[Freshness, ...], table, "freshness")


@cache
def fresh_spans() -> Mapping[str, timedelta]:
    """By fact; one that is not here does not age."""
    return {
        name: timedelta(hours=int(one.value))
        for one in freshness()
        for name in one.names
    }
