"""Everything that is kept about one rule, laid out to be read. No Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.facts import FACTS
from knowledge.before_use import SignedPart, of_rules
from knowledge.cards import Card, View
from knowledge.editions import Edition, Knowledge
from knowledge.holds import read_holds
from knowledge.sources import Reference
from medications.knowledge_pages.asking import HeldFamilies, age_of, held_families
from medications.knowledge_pages.parameters import NumberRow, number_rows
from medications.knowledge_pages.search import (
    ROLES,
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
    holds: tuple[HeldFamilies, ...]
    roles: tuple[str, ...]
    before_use: SignedPart | None
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
        holds=held_families(read_holds(card.holds)),
        roles=tuple(ROLES[role] for role in card.roles),
        before_use=of_rules().get(card.id),
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
    return FactRead(FACTS[name].label, age_of(name))
