"""What is not known, and what each answer could change. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from assessments.facts import FACTS
from medications.knowledge import Edition
from medications.knowledge.cards import Card
from medications.options.model import Missing
from medications.rules.effects import EVERY, NAMES, Effect, Say
from medications.rules.registry import Outcome, says_of
from medications.rules.words import day

VERBS = {
    Effect.CONTRAINDICATED: "would be contraindicated",
    Effect.AVOID: "would be avoided",
    Effect.CAUTION: "would ask for caution",
    Effect.PREFERRED: "would be preferred",
    Effect.ACTION: "would bring a task",
}

HOLDS = 10


@dataclass(frozen=True, slots=True)
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


_PULL = attrgetter("pull")


def gaps(said: Iterable[Outcome], edition: Edition) -> Iterator[Gap]:
    """One gap for each effect that an undecided rule might have."""
    for outcome in said:
        if not outcome.missing:
            continue
        card = edition.cards[outcome.rule]
        for say in (*says_of(card.effects), *says_of(card.may)):
            if _matters(say):
                holds = say.effect.rules_out and not card.does_not_hold
                yield Gap(card, say, outcome.missing, outcome.stale, holds)


def _matters(say: Say) -> bool:
    """Information changes nothing, nor does a task that is due whatever is chosen."""
    if say.effect is Effect.ACTION and say.medication == EVERY:
        return say.blocking
    return say.effect is not Effect.INFO


def missing(found: Iterable[Gap], medication: str) -> tuple[Missing, ...]:
    """The facts asked for, those that could move the result most first."""
    by_fact: dict[str, list[Gap]] = {}
    for gap in sorted(found, key=_PULL, reverse=True):
        for fact in gap.facts:
            by_fact.setdefault(fact, []).append(gap)
    listed = [_missing(fact, asked, medication) for fact, asked in by_fact.items()]
    return tuple(sorted(listed, key=_order))


def _order(item: Missing) -> tuple[bool, int, int]:
    return (not item.holds, -item.effect, -len(item.rules))


def _missing(fact: str, asked: list[Gap], medication: str) -> Missing:
    last_known = next((g.stale[fact] for g in asked if fact in g.stale), None)
    label = FACTS[fact].label
    state = f"out of date, {day(last_known)}" if last_known else "not known"
    said = dict.fromkeys(
        _would(g.card.when, NAMES[medication], g.say.effect, g.say.blocking)
        for g in asked
    )
    return Missing(
        fact=fact,
        label=label,
        why=f"{label} {state}: {'; '.join(said)}.",
        effect=asked[0].say.effect,
        rules=tuple(dict.fromkeys(g.card.id for g in asked)),
        holds=asked[0].holds,
        last_known=last_known,
    )


@lru_cache(maxsize=4096)
def _would(when: str, name: str, effect: Effect, blocking: bool) -> str:  # noqa: FBT001
    verb = "would need a task before the first dose" if blocking else VERBS[effect]
    return f"if {when}, {name} {verb}"
