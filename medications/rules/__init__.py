"""Put every rule to one picture. No Django, no clock."""

from knowledge.editions import Edition
from medications.rules import (  # noqa: F401  (importing registers their rules)
    access,
    adjuncts,
    continuing,
    dependence,
    induction,
    interactions,
    missed,
    organ,
    overdose,
    person,
    preference,
    unrecognised,
)
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, RuleOutcome, put


def outcomes(facts: FactReader, edition: Edition) -> list[RuleOutcome]:
    """What every rule says of a picture, in the order of the reference."""
    return [put(key, RULES[key], facts, edition) for key in edition.cards]
