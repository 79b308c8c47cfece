"""Gaps: facts not known, what waits for each, and what each answer could change.
No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from assessments.facts import FACTS
from knowledge.bedside import opened
from knowledge.cards import Card
from knowledge.editions import Edition
from knowledge.holds import PLACES, Hold, fact_hold, held_facts, read_holds
from knowledge.medicines import EVERY, Catalogue, Medicine
from medications.options.model import AskFirst, Missing
from medications.rules.effects import Effect, Say
from medications.rules.registry import RuleOutcome, says_of
from medications.rules.words import day

VERBS = {
    Effect.CONTRAINDICATED: "would be contraindicated",
    Effect.AVOID: "would be avoided",
    Effect.NOT_HERE: "could not be given here",
    Effect.CAUTION: "would ask for caution",
    Effect.PREFERRED: "would be preferred",
    Effect.ACTION: "would bring a task",
    Effect.INFO: "would carry a note",
}


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """A rule that could not be decided, and what it might say."""

    card: Card
    say: Say
    facts: tuple[str, ...]
    stale: Mapping[str, datetime]

    @property
    def medication(self) -> str:
        return self.say.medication

    @property
    def rule(self) -> str:
        return self.card.id

    @property
    def weight(self) -> int:
        return self.say.weight

    def hold(self, fact: str, place: "Place") -> Hold:
        """What one of its facts makes wait: no more than the rule does, but a task."""
        held = fact_hold(fact, place.family, place.medication)
        if held is Hold.TASK:
            return held
        return min(read_holds(self.card.holds)[place.family], held)


def gaps(said: Iterable[RuleOutcome], edition: Edition) -> Iterator[Gap]:
    """One gap for each effect that an undecided rule might have."""
    for outcome in said:
        if not outcome.missing:
            continue
        card = edition.cards[outcome.rule]
        if outcome.stale:
            yield from _gaps(card, outcome.missing, outcome.stale)
        else:
            yield from _unknown(card, outcome.missing)


@lru_cache(maxsize=4096)
def _unknown(card: Card, facts: tuple[str, ...]) -> tuple[Gap, ...]:
    """The same gaps for the same silence, so that their words are made once."""
    return _gaps(card, facts, {})


def _gaps(
    card: Card, facts: tuple[str, ...], stale: Mapping[str, datetime]
) -> tuple[Gap, ...]:
    says = (*says_of(card.effects), *says_of(card.may))
    return tuple(Gap(card, say, facts, stale) for say in says)


class Place(NamedTuple):
    """An option, by its name and in whose place of a row of holds it stands."""

    family: str
    medication: str
    name: str


def place_of(about: Medicine, listed: Catalogue) -> Place:
    key = about.key
    family = key if key in PLACES else listed.parent_of(key)
    return Place(family, key, about.spoken)


def missing(
    found: Iterable[Gap], place: Place, owed: Iterable[str]
) -> tuple[Missing, ...]:
    """The facts asked for of a medicine, what makes most wait first.

    `owed` are facts not known that are a task whatever the rules ask.
    """
    by_fact: dict[str, list[Gap]] = {}
    for gap in found:
        for fact in gap.facts:
            if gap.hold(fact, place) > Hold.NONE or _moves(gap):
                by_fact.setdefault(fact, []).append(gap)
    listed = [_missing(fact, tuple(g), place) for fact, g in by_fact.items()]
    listed += (_owed(fact) for fact in owed if fact not in by_fact)
    return tuple(sorted(listed, key=_order))


@cache
def _owed(fact: str) -> Missing:
    label = FACTS[fact].label
    return Missing(
        fact=fact,
        label=label,
        why=f"{label} not known: a task.",
        effect=Effect.ACTION,
        rules=(),
        hold=Hold.TASK,
        days=held_facts()[fact].days,
    )


def _moves(gap: Gap) -> bool:
    """Information changes nothing, nor does a task that is due whatever is chosen."""
    if gap.say.effect is Effect.ACTION and gap.medication == EVERY:
        return gap.say.blocking
    return gap.say.effect is not Effect.INFO


def _order(item: Missing) -> tuple[int, int, int]:
    return (-item.hold, -item.effect, -len(item.rules))


@lru_cache(maxsize=8192)
def _missing(fact: str, asked: tuple[Gap, ...], place: Place) -> Missing:
    strongest_first = sorted(asked, key=attrgetter("weight"), reverse=True)
    last_known = next((g.stale[fact] for g in asked if fact in g.stale), None)
    label = FACTS[fact].label
    state = f"out of date, {day(last_known)}" if last_known else "not known"
    said = dict.fromkeys(_would(gap, place.name) for gap in strongest_first)
    owed = held_facts().get(fact)
    return Missing(
        fact=fact,
        label=label,
        why=f"{label} {state}: {'; '.join(said)}.",
        effect=strongest_first[0].say.effect,
        rules=tuple(dict.fromkeys(g.rule for g in strongest_first)),
        hold=max(gap.hold(fact, place) for gap in asked),
        days=owed.days if owed else 0,
        last_known=last_known,
    )


def _would(gap: Gap, name: str) -> str:
    task = "would need a task before the first dose"
    verb = task if gap.say.blocking else VERBS[gap.say.effect]
    return f"if {gap.card.when}, {name} {verb}"


def asked_first(asked: tuple[Missing, ...], place: Place) -> tuple[AskFirst, ...]:
    """The bedside questions that the first dose waits for, most dangerous first."""
    open_ones = {one.fact: one for one in asked if one.hold is Hold.DOSE}
    return tuple(
        AskFirst(
            key=line.key,
            facts=facts,
            question=line.question,
            why=" ".join(open_ones[fact].why for fact in facts),
            rules=tuple(dict.fromkeys(r for f in facts for r in open_ones[f].rules)),
        )
        for line, facts in opened(place.family, open_ones)
    )
