"""Examples of each rule as data, and what the rules say of them now. No Django."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assessments.facts import FACTS
from assessments.picture import Picture
from medications.knowledge import Edition
from medications.rules.effects import Say, read_says
from medications.rules.reading import Reading
from medications.rules.registry import RULES, Outcome, put, says_of
from medications.wording import ShownFact, facts_used

HERE = Path(__file__).parent / "knowledge" / "examples"
TOGETHER = "together"


class UnclearExample(ValueError):
    """An example that does not say what should follow, or says two things."""


@dataclass(frozen=True, slots=True)
class Example:
    """One small picture, and what its rule must say of it."""

    rule: str
    title: str
    picture: Picture
    says: tuple[Say, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Combined:
    """One picture, and what all rules together must make of it."""

    title: str
    picture: Picture
    stands: Mapping[str, str]
    rules: Mapping[str, tuple[str, ...]]
    prefers: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as a reader meets it: what is known, and what the rule then says."""

    title: str
    given: tuple[ShownFact, ...]
    because: str
    then: str
    says: tuple[Say, ...]
    asks: tuple[str, ...]

    @property
    def is_silent(self) -> bool:
        return not self.says and not self.asks


@cache
def examples() -> Mapping[str, tuple[Example, ...]]:
    """Every example by its rule, read once."""
    found: dict[str, list[Example]] = {}
    for path in sorted(HERE.glob("c*.toml")):
        raw = _read(path)
        as_of = raw.pop("as_of")
        for rule, rows in raw.items():
            found.setdefault(rule, []).extend(read(rule, r, as_of) for r in rows)
    return {rule: tuple(rows) for rule, rows in found.items()}


def examples_of(rule: str) -> tuple[Example, ...]:
    return examples().get(rule, ())


@cache
def combined() -> tuple[Combined, ...]:
    """The examples of several rules at once."""
    raw = _read(HERE / f"{TOGETHER}.toml")
    return tuple(_combined(row, raw["as_of"]) for row in raw[TOGETHER])


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read(rule: str, row: Mapping[str, Any], as_of: object) -> Example:
    """One example; refuses one without a consequence, or silent and not."""
    says = read_says(row.get("says", ""))
    asks = tuple(row.get("asks", ()))
    if bool(says or asks) is row.get("silent", False):
        raise UnclearExample(f"{rule}: {row['title']}")
    return Example(rule, row["title"], _picture(row, as_of), says, asks)


def _picture(row: Mapping[str, Any], as_of: object) -> Picture:
    given = {name: row.get(name, {}) for name in ("facts", "preferences")}
    return Picture.from_json({"as_of": row.get("as_of", as_of), **given})


def _combined(row: Mapping[str, Any], as_of: object) -> Combined:
    rules = {medication: tuple(ids) for medication, ids in row["rules"].items()}
    return Combined(
        title=row["title"],
        picture=_picture(row, as_of),
        stands=row["stands"],
        rules=rules,
        prefers=tuple(row["prefers"]),
        source=row["source"],
    )


def run(example: Example, edition: Edition) -> Outcome:
    """The rule of an example put to its picture."""
    look = Reading(example.picture)
    return put(example.rule, RULES[example.rule], look, edition)


def said_by(outcome: Outcome, edition: Edition) -> tuple[Say, ...]:
    """What a rule said, by itself or as its card has it."""
    if outcome.said is None:
        return ()
    own = outcome.said.says
    return says_of(edition.cards[outcome.rule].effects) if own is None else own


def shown(example: Example, edition: Edition) -> Shown:
    """An example with the sentence that the rule writes for it in this edition."""
    outcome = run(example, edition)
    said, card = outcome.said, edition.cards[example.rule]
    return Shown(
        title=example.title,
        given=facts_used(example.picture),
        because=said.because if said else "",
        then=(said.then or card.then) if said else "",
        says=said_by(outcome, edition),
        asks=tuple(FACTS[name].label for name in outcome.missing),
    )
