"""Registry of the rules, and the way one is put to a picture. No Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.editions import Edition
from medications.rules.effects import Say, read_says
from medications.rules.reading import FactReader, Unanswered
from medications.rules.words import day


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """What a rule found; `says` where it differs from the card's effects."""

    because: str
    says: tuple[Say, ...] | None = None
    then: str = ""
    earliest: datetime | None = None
    preferred_from: datetime | None = None


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
    """Ask one rule.

    An out-of-date fact clears nobody and recommends nothing, but a stop or
    a warning that rests on it stays, dated.
    """
    facts.stale = {}
    try:
        answer = condition(facts, edition)
    except Unanswered as gap:
        return RuleOutcome(
            id, missing=tuple(dict.fromkeys(gap.facts)), stale=facts.stale
        )
    said = RuleSaid(answer) if isinstance(answer, str) else answer
    if not facts.stale:
        return RuleOutcome(id, said)
    if said is None or _leans_on_old(said, id, edition):
        return RuleOutcome(id, missing=tuple(facts.stale), stale=facts.stale)
    return RuleOutcome(id, _dated(said, facts.stale), tuple(facts.stale), facts.stale)


def _leans_on_old(said: RuleSaid, id: str, edition: Edition) -> bool:
    card = edition.cards[id]
    says = said.says or says_of(card.effects)
    return card.reassures or all(s.effect.name == "PREFERRED" for s in says)


def _dated(said: RuleSaid, stale: Mapping[str, datetime]) -> RuleSaid:
    known = max(stale.values())
    because = f"{said.because} Out of date: last known on {day(known)}."
    return RuleSaid(because, said.says, said.then, said.earliest, said.preferred_from)
