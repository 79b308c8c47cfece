"""Conditions that many rules share; each maker gives one that can be registered. No Django."""

from medications.rules.registry import Condition, rule


def rules(**conditions: Condition) -> None:
    """Register each condition under the card that it belongs to."""
    for card, condition in conditions.items():
        rule(card)(condition)


def among(name: str, *wanted: str) -> Condition:
    """What a fact holds of these, in words; without any, whatever it holds."""
    return lambda facts, _edition: facts.among(name, *wanted)


def yes(name: str, because: str) -> Condition:
    return lambda facts, _edition: facts.if_yes(name, because)


def no(name: str, because: str) -> Condition:
    return lambda facts, _edition: None if facts.yes(name) else because


def word(name: str, wanted: str, because: str) -> Condition:
    return lambda facts, _edition: facts.if_word(name, wanted, because)


def members(name: str, wanted: set[str], because: str) -> Condition:
    """Where a fact holds all of these."""
    return lambda facts, _edition: because if facts.members(name) >= wanted else None


def always(because: str) -> Condition:
    return lambda _facts, _edition: because
