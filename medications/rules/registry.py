"""Registry of the rules, and the way one is put to a picture. No Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.editions import Edition
from medications.rules.effects import Say, read_says
from medications.rules.reading import FactReader, Unanswered


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """What a rule found; `says` where it differs from the card's effects, `asks` what
    it would still know."""

    because: str
    says: tuple[Say, ...] | None = None
    then: str = ""
    earliest: datetime | None = None
    preferred_from: datetime | None = None
    asks: tuple[str, ...] = ()


type Answer = RuleSaid | str | None
type Condition = Callable[[FactReader, Edition], Answer]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """A rule put to one picture: what it said, and which facts it lacked."""

    rule: str
    said: RuleSaid | None = None
    missing: tuple[str, ...] = ()
    stale: Mapping[str, datetime] = field(default_factory=dict)


class RuleTwice(ValueError):
    """Two functions claim the same rule."""


RULES: dict[str, Condition] = {}


def rule(id: str) -> Callable[[Condition], Condition]:
    """Register the condition of a card of the knowledge; refuses a second one."""

    def register(condition: Condition) -> Condition:
        if id in RULES:
            raise RuleTwice(id)
        RULES[id] = condition
        return condition

    return register


def says_of(text: str) -> tuple[Say, ...]:
    """The effects of a card, read once."""
    if text not in _READ:
        _READ[text] = read_says(text)
    return _READ[text]


_READ: dict[str, tuple[Say, ...]] = {}


def put(
    id: str, condition: Condition, facts: FactReader, edition: Edition
) -> RuleOutcome:
    """Ask one rule; what it lacked comes with the day it was last known."""
    facts.stale = {}
    try:
        answer = condition(facts, edition)
    except Unanswered as gap:
        return RuleOutcome(id, None, *_lacked(gap.facts, facts))
    said = RuleSaid(answer) if isinstance(answer, str) else answer
    if said is None or not said.asks:
        return RuleOutcome(id, said)
    return RuleOutcome(id, said, *_lacked(said.asks, facts))


def _lacked(
    names: tuple[str, ...], facts: FactReader
) -> tuple[tuple[str, ...], Mapping[str, datetime]]:
    asked = tuple(dict.fromkeys(names))
    return asked, {name: facts.stale[name] for name in asked if name in facts.stale}
