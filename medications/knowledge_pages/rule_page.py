"""Everything that is kept about one rule, laid out to be read. No Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.facts import FACTS
from knowledge.cards import Card, View
from knowledge.editions import Edition, Knowledge
from knowledge.sources import Reference
from medications.knowledge_pages.parameters import NumberRow, number_rows
from medications.knowledge_pages.search import (
    SECTIONS,
    EffectShown,
    cited_by,
    effects_of,
    evidence_words,
    names_read,
)
from medications.knowledge_pages.source_attributes import Attribute, attributes_of
from medications.rules.effects import Say
from medications.rules.examples import ExampleResult, examples_of, shown
from medications.rules.registry import says_of

HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ExampleShown:
    """An example with its effects in words."""

    example: ExampleResult
    effects: tuple[EffectShown, ...]


@dataclass(frozen=True, slots=True)
class FactRead:
    """A fact the rule reads, and how long an answer counts."""

    label: str
    fresh: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One rule from its condition to its history."""

    card: Card
    section: str
    evidence: str
    effects: tuple[EffectShown, ...]
    may: tuple[EffectShown, ...]
    holds: bool
    facts: tuple[FactRead, ...]
    sentence: str
    examples: tuple[ExampleShown, ...]
    numbers: tuple[NumberRow, ...]
    sources: tuple[Reference, ...]
    disagrees: tuple[tuple[View, tuple[Reference, ...]], ...]
    attributes: tuple[Attribute, ...]


def dossier(
    card: Card, known: Knowledge, ours: Edition, own: Mapping[str, str]
) -> Dossier:
    """A rule as this clinic has it; `own` are the numbers that it chose, by name."""
    examples = tuple(_examples(card, ours))
    return Dossier(
        card=card,
        section=SECTIONS[card.section],
        evidence=evidence_words(card),
        effects=effects_of(card.effects),
        may=effects_of(card.may),
        holds=any(say.effect.rules_out for say in says_of(card.effects)),
        facts=tuple(_fact(name) for name in card.uses),
        sentence=next((e.example.because for e in examples if e.example.because), ""),
        examples=examples,
        numbers=number_rows(names_read(card.id, known), known, own, on=ours.on),
        sources=tuple(cited_by(card, known)),
        disagrees=tuple(
            (view, tuple(known.sources[key] for key in view.cites))
            for view in card.disagrees
        ),
        attributes=attributes_of(card, known),
    )


def _examples(card: Card, ours: Edition) -> Iterator[ExampleShown]:
    for example in examples_of(card.id):
        one = shown(example, ours)
        yield ExampleShown(one, effects_of(_text(one.says)))


def _text(says: tuple[Say, ...]) -> str:
    """Effects in the way a card writes them."""
    return "; ".join(
        f"{say.medication}={say.effect.name}{'!' if say.blocking else ''}"
        for say in says
    )


def _fact(name: str) -> FactRead:
    span = FACTS[name].fresh_for
    if span is None:
        return FactRead(FACTS[name].label, "does not age")
    hours = int(span.total_seconds() // 3600)
    days, rest = divmod(hours, HOURS_OF_A_DAY)
    counted = f"{hours} hours" if rest or days <= 1 else f"{days} days"
    return FactRead(FACTS[name].label, f"counts for {counted}")
