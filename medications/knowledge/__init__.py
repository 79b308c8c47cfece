"""What the rules lean on: sources, dated numbers, ingredients, cards. No Django."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from medications.knowledge.cards import Card, Source, read_card, read_source
from medications.knowledge.policy import AS_SHIPPED, Policy

HERE = Path(__file__).parent
# Files that every edition has, and those that came later.
NEEDED = ("sources", "parameters", "ingredients")
ADDED = ("fits", "follows", "about")

type Number = int | Decimal
type Table = Mapping[str, Any]


class NoValueOn(LookupError):
    """A parameter has no value yet on the day asked about."""


class UnknownParameter(LookupError):
    """No parameter of that name is kept."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The knowledge in force on one day: its numbers, sets and rule cards."""

    on: date
    numbers: Mapping[str, Number]
    ingredients: Mapping[str, frozenset[str]]
    cards: Mapping[str, Card]
    policy: Policy = AS_SHIPPED

    def __getitem__(self, name: str) -> Number:
        if name not in self.numbers:
            raise UnknownParameter(name)
        return self.numbers[name]

    def days(self, name: str) -> int:
        return int(self[name])

    def chooses(self, name: str) -> bool:
        """A choice that is yes or no; no in an edition from before it was offered."""
        return bool(self.numbers.get(name, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All that is kept, past values included, and its digest."""

    sources: Mapping[str, Source]
    parameters: Table
    ingredients: Table
    rules: Table
    fits: Table
    follows: Table
    about: Table
    digest: str
    # As read, so that an edition can be kept and built again.
    tables: Mapping[str, Table]

    def on(self, day: date, policy: Policy = AS_SHIPPED) -> Edition:
        """The edition in force on a day; refuses a day before the first value.

        A clinic's own numbers take the place of those that ship.
        """
        return _edition(self, max(d for d in self._days(day)), policy)

    def _days(self, day: date) -> list[date]:
        """The days up to this one on which any number changed."""
        changes = {v["since"] for p in self.parameters.values() for v in p["values"]}
        past = [d for d in changes if d <= day]
        if not past:
            raise NoValueOn(f"no number is in force on {day}")
        return past


def build(tables: Mapping[str, Table]) -> Knowledge:
    """Knowledge from plain tables, with the digest over all of their content."""
    text = json.dumps(tables, sort_keys=True, default=str, separators=(",", ":"))
    return Knowledge(
        sources={k: read_source(k, v) for k, v in tables["sources"].items()},
        parameters=tables["parameters"],
        ingredients=tables["ingredients"],
        rules=tables["rules"],
        fits=tables.get("fits", {}),
        follows=tables.get("follows", {}),
        about=tables.get("about", {}),
        digest=sha256(text.encode()).hexdigest(),
        tables=tables,
    )


@cache
def knowledge() -> Knowledge:
    """The knowledge that ships with this version, read once."""
    return read(HERE)


def read(folder: Path) -> Knowledge:
    """An edition from its files; what an earlier one did not have is left out."""
    found = {name: folder / f"{name}.toml" for name in (*NEEDED, *ADDED)}
    tables = {
        name: _read(path)
        for name, path in found.items()
        if name in NEEDED or path.exists()
    }
    return build({**tables, "rules": _rules(folder)})


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _rules(folder: Path) -> dict[str, Any]:
    """Every card of every section, each knowing its section."""
    cards: dict[str, Any] = {}
    for path in sorted((folder / "rules").glob("*.toml")):
        for key, card in _read(path).items():
            cards[key] = {"section": path.stem.upper(), **card}
    return cards


@lru_cache(maxsize=64)
def _edition(kept: Knowledge, on: date, policy: Policy) -> Edition:
    shipped = {n: _value(n, p, on) for n, p in kept.parameters.items()}
    numbers = {**shipped, **policy.numbers}
    return Edition(
        on=on,
        numbers=numbers,
        ingredients={n: frozenset(s["names"]) for n, s in kept.ingredients.items()},
        cards={k: read_card(k, c, numbers, kept.about) for k, c in kept.rules.items()},
        policy=policy,
    )


def _value(name: str, parameter: Table, on: date) -> Number:
    dated = [v for v in parameter["values"] if v["since"] <= on]
    if not dated:
        raise NoValueOn(f"{name} has no value on {on}")
    value: Number = max(dated, key=lambda v: v["since"])["value"]
    return value
