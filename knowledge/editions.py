"""An edition: all rules, numbers and sources as they ship together, by their digest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from knowledge.cards import Card
from knowledge.choosing import ChoiceTasks, Wish
from knowledge.medicines import Catalogue, catalogue, first_medicines
from knowledge.numbers import Amount, IngredientSet, NoValueOn, Parameter
from knowledge.policy import AS_SHIPPED, Policy
from knowledge.sources import About, Reference
from knowledge.tables import Table, room, shaped, shipped


class UnknownParameter(LookupError):
    """No parameter of that name is kept."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The knowledge in force on one day: its numbers, sets and rule cards."""

    on: date
    numbers: Mapping[str, Amount]
    ingredients: Mapping[str, frozenset[str]]
    cards: Mapping[str, Card]
    policy: Policy = AS_SHIPPED

    def __getitem__(self, name: str) -> Amount:
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

    sources: Mapping[str, Reference]
    parameters: Mapping[str, Parameter]
    ingredients: Mapping[str, IngredientSet]
    rules: Mapping[str, Card]
    wishes: Mapping[str, Wish]
    choice_tasks: ChoiceTasks
    about: About
    medicines: Catalogue
    digest: str
    # As read, so that an edition can be kept and built again.
    tables: Mapping[str, Table]

    @property
    def engine(self) -> int:
        """By which way of weighing it is meant to be read."""
        return self.about.engine

    def on(self, day: date, policy: Policy = AS_SHIPPED) -> Edition:
        """The edition in force on a day; refuses a day before the first value.

        A clinic's own numbers take the place of those that ship.
        """
        return _edition(self, max(d for d in self._days(day)), policy)

    def _days(self, day: date) -> list[date]:
        """The days up to this one on which any number changed."""
        changes = {v.since for p in self.parameters.values() for v in p.values}
        past = [d for d in changes if d <= day]
        if not past:
            raise NoValueOn(f"no number is in force on {day}")
        return past


def build(tables: Mapping[str, Table]) -> Knowledge:
    """Knowledge from plain tables, with the digest over all of their content.

    An earlier edition lacks what came later: wishes, tasks, who made it.
    """
    text = json.dumps(tables, sort_keys=True, default=str, separators=(",", ":"))
    about = shaped(About, tables.get("about", {}), "about")
    return Knowledge(
        sources=_keyed("sources", Reference, "key", tables),
        parameters=_keyed("parameters", Parameter, "key", tables),
        ingredients=shaped(
            dict[str, IngredientSet], tables["ingredients"], "ingredients"
        ),
        rules=_keyed("rules", Card, "id", _cards(tables, about.engine)),
        wishes=shaped(dict[str, Wish], tables.get("fits", {}), "fits"),
        choice_tasks=shaped(ChoiceTasks, tables.get("follows", {}), "follows"),
        about=about,
        medicines=_medicines(tables),
        digest=sha256(text.encode()).hexdigest(),
        tables=tables,
    )


# What cards of the first engine said beside what all cards say.
OF_ENGINE_1 = frozenset(
    [
        "standard_start",
        "does_not_hold",
        "reassures",
        "unless_contraindicated",
        "does_not_wait",
    ]
)


def _cards(tables: Mapping[str, Table], engine: int) -> Mapping[str, Table]:
    """The tables with cards as they are read now; words of an earlier engine fall away."""
    if engine > 1:
        return tables
    cards = {
        key: {name: told for name, told in card.items() if name not in OF_ENGINE_1}
        for key, card in tables["rules"].items()
    }
    return {**tables, "rules": cards}


def _medicines(tables: Mapping[str, Table]) -> Catalogue:
    """Those of an edition; of one from before it held any, those of that time."""
    if "medicines" in tables:
        return catalogue(tables["medicines"])
    return first_medicines()


def _keyed[T](
    name: str, shape: type[T], key: str, tables: Mapping[str, Table]
) -> dict[str, T]:
    """The entries of a table, each knowing the key it stands under."""
    raw = {entry: {key: entry, **told} for entry, told in tables[name].items()}
    return shaped(dict[str, shape], raw, name)  # type: ignore[valid-type]


@cache
def knowledge() -> Knowledge:
    """The knowledge that ships with this version, read once."""
    return build(shipped())


def read(folder: Path) -> Knowledge:
    """An edition from its files."""
    return build(room(folder))


@lru_cache(maxsize=64)
def _edition(kept: Knowledge, on: date, policy: Policy) -> Edition:
    named = {
        name: parameter.on(on).value for name, parameter in kept.parameters.items()
    }
    numbers = {**named, **policy.numbers}
    return Edition(
        on=on,
        numbers=numbers,
        ingredients={k: frozenset(s.names) for k, s in kept.ingredients.items()},
        cards={k: card.filled(numbers) for k, card in kept.rules.items()},
        policy=policy,
    )
