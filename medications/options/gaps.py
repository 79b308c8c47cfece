"""Gaps: facts not known, and what each answer could change. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from assessments.facts import FACTS
from knowledge.cards import Card
from knowledge.editions import Edition
from knowledge.medicines import EVERY
from medications.options.model import Missing
from medications.rules.effects import Effect, Say
from medications.rules.registry import RuleOutcome, says_of
from medications.rules.words import day

VERBS = {
    Effect.CONTRAINDICATED: "would be contraindicated",
    Effect.AVOID: "would be avoided",
    Effect.CAUTION: "would ask for caution",
    Effect.PREFERRED: "would be preferred",
    Effect.ACTION: "would bring a task",
}

HOLDS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """A rule that could not be decided, and what it might say."""

    card: Card
    say: Say
    facts: tuple[str, ...]
    stale: Mapping[str, datetime]
    holds: bool

    @property
    def pull(self) -> int:
        """How much this could move the result; what holds the standing, most."""
        return self.say.weight + HOLDS * self.holds

    @property
    def medication(self) -> str:
        return self.say.medication

    @property
    def rule(self) -> str:
        return self.card.id


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
    return tuple(
        Gap(card, s, facts, stale, s.effect.rules_out and not card.does_not_hold)
        for s in says
        if _matters(s)
    )


def _matters(say: Say) -> bool:
    """Information changes nothing, nor does a task that is due whatever is chosen."""
    if say.effect is Effect.ACTION and say.medication == EVERY:
        return say.blocking
    return say.effect is not Effect.INFO


def missing(found: Iterable[Gap], name: str) -> tuple[Missing, ...]:
    """The facts asked for of the medicine of a name, what could move it most first."""
    by_fact: dict[str, list[Gap]] = {}
    for gap in found:
        for fact in gap.facts:
            by_fact.setdefault(fact, []).append(gap)
    listed = [_missing(fact, tuple(g), name) for fact, g in by_fact.items()]
    return tuple(sorted(listed, key=_order))


def _order(item: Missing) -> tuple[bool, int, int]:
    return (not item.holds, -item.effect, -len(item.rules))


@lru_cache(maxsize=8192)
def _missing(fact: str, asked: tuple[Gap, ...], name: str) -> Missing:
    strongest_first = sorted(asked, key=attrgetter("pull"), reverse=True)
    last_known = next((g.stale[fact] for g in asked if fact in g.stale), None)
    label = FACTS[fact].label
    state = f"out of date, {day(last_known)}" if last_known else "not known"
    said = dict.fromkeys(_would(gap, name) for gap in strongest_first)
    return Missing(
        fact=fact,
        label=label,
        why=f"{label} {state}: {'; '.join(said)}.",
        effect=strongest_first[0].say.effect,
        rules=tuple(dict.fromkeys(g.rule for g in strongest_first)),
        holds=strongest_first[0].holds,
        last_known=last_known,
    )


def _would(gap: Gap, name: str) -> str:
    task = "would need a task before the first dose"
    verb = task if gap.say.blocking else VERBS[gap.say.effect]
    return f"if {gap.card.when}, {name} {verb}"
