"""Small pictures, each with what a rule must say of it, and one of several rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from knowledge.tables import EXAMPLES, HERE, read_file, shaped

TOGETHER = "together"

type Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRow:
    """One picture for one rule: silent, asking, or saying something."""

    rule: str
    title: str
    as_of: datetime
    facts: Facts = field(default_factory=dict)
    preferences: Facts = field(default_factory=dict)
    says: str = ""
    asks: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedRow:
    """One picture, and what all rules together must make of it."""

    title: str
    as_of: datetime
    facts: Facts = field(default_factory=dict)
    preferences: Facts = field(default_factory=dict)
    stands: Mapping[str, str]
    rules: Mapping[str, tuple[str, ...]]
    prefers: tuple[str, ...]
    source: str


@cache
def example_rows() -> tuple[ExampleRow, ...]:
    """Every example of one rule, section after section."""
    found: list[ExampleRow] = []
    for path in sorted((HERE / EXAMPLES).glob("c*.toml")):
        table = read_file(path)
        as_of = table.pop("as_of")
        raw = [
            {"rule": rule, "as_of": as_of, **row}
            for rule, rows in table.items()
            for row in rows
        ]
        found.extend(shaped(tuple[ExampleRow, ...], raw, path.stem))
    return tuple(found)


@cache
def combined_rows() -> tuple[CombinedRow, ...]:
    table = read_file(HERE / EXAMPLES / f"{TOGETHER}.toml")
    raw = [{"as_of": table["as_of"], **row} for row in table[TOGETHER]]
    return shaped(tuple[CombinedRow, ...], raw, TOGETHER)
