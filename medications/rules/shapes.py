"""Conditions that many rules share; each maker gives one that can be registered. No Django."""

from collections.abc import Callable
from functools import partial

from knowledge.editions import Edition
from medications.rules.reading import FactReader, first
from medications.rules.registry import Condition, rule

type Reason = Callable[[FactReader, Edition], str | None]


def rules(**conditions: Condition) -> None:
    """Register each condition under the card that it belongs to."""
    for card, condition in conditions.items():
        rule(card)(condition)


def among(name: str, *wanted: str) -> Reason:
    """What a fact holds of these, in words; without any, whatever it holds."""
    return lambda facts, _edition: facts.among(name, *wanted)


def yes(name: str, because: str) -> Reason:
    return lambda facts, _edition: facts.if_yes(name, because)


def no(name: str, because: str) -> Reason:
    return lambda facts, _edition: None if facts.yes(name) else because


def word(name: str, wanted: str, because: str) -> Reason:
    return lambda facts, _edition: facts.if_word(name, wanted, because)


def members(name: str, wanted: set[str], because: str) -> Reason:
    """Where a fact holds all of these."""
    return lambda facts, _edition: because if facts.members(name) >= wanted else None


def always(because: str) -> Reason:
    return lambda _facts, _edition: because


def below(name: str, number: str) -> Reason:
    """Where a fact is below a number of the knowledge; the fact is the reason."""
    return lambda facts, edition: facts.stated(
        name, facts.number(name) < edition[number]
    )


def at_least(name: str, number: str) -> Reason:
    return lambda facts, edition: facts.stated(
        name, facts.number(name) >= edition[number]
    )


def above(name: str, number: str) -> Reason:
    return lambda facts, edition: facts.stated(
        name, facts.number(name) > edition[number]
    )


def either(*reasons: Reason) -> Reason:
    """The first that says something; unanswered only where none does."""
    return lambda facts, edition: first(
        *(partial(one, facts, edition) for one in reasons)
    )
