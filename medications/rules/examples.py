"""Examples of each rule as data, and what the rules say of them now. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assessments.facts import FACTS
from assessments.picture import Picture
from knowledge.editions import Edition
from knowledge.examples import CombinedRow, ExampleRow, combined_rows, example_rows
from medications.decision_page.fact_lines import ShownFact, facts_used
from medications.rules.effects import Say, read_says
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, RuleOutcome, put, says_of


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

    row: CombinedRow
    picture: Picture


@dataclass(frozen=True, slots=True)
class ExampleResult:
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
    for row in example_rows():
        found.setdefault(row.rule, []).append(read(row))
    return {rule: tuple(rows) for rule, rows in found.items()}


def examples_of(rule: str) -> tuple[Example, ...]:
    return examples().get(rule, ())


@cache
def combined() -> tuple[Combined, ...]:
    """The examples of several rules at once."""
    return tuple(Combined(row, _picture(row)) for row in combined_rows())


def read(row: ExampleRow) -> Example:
    """One example; refuses one without a consequence, or silent and not."""
    says = read_says(row.says)
    if bool(says or row.asks) is row.silent:
        raise UnclearExample(f"{row.rule}: {row.title}")
    return Example(row.rule, row.title, _picture(row), says, row.asks)


def _picture(row: ExampleRow | CombinedRow) -> Picture:
    return Picture.from_json(
        {"as_of": row.as_of, "facts": row.facts, "preferences": row.preferences}
    )


def run(example: Example, edition: Edition) -> RuleOutcome:
    """The rule of an example put to its picture."""
    facts = FactReader(example.picture)
    return put(example.rule, RULES[example.rule], facts, edition)


def said_by(outcome: RuleOutcome, edition: Edition) -> tuple[Say, ...]:
    """What a rule said, by itself or as its card has it."""
    if outcome.said is None:
        return ()
    own = outcome.said.says
    return says_of(edition.cards[outcome.rule].effects) if own is None else own


def shown(example: Example, edition: Edition) -> ExampleResult:
    """An example with the sentence that the rule writes for it in this edition."""
    outcome = run(example, edition)
    said, card = outcome.said, edition.cards[example.rule]
    return ExampleResult(
        title=example.title,
        given=facts_used(example.picture),
        because=said.because if said else "",
        then=(said.then or card.then) if said else "",
        says=said_by(outcome, edition),
        asks=tuple(FACTS[name].label for name in outcome.missing),
    )
