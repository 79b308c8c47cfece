"""Conditions over facts as data: one fact, one test, one operand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

type Operand = int | float | bool | str | list[str]

UNKNOWN = "unknown"
TESTS = ("at_least", "at_most", "is", "any_of", "none_of", "within_days")


class BadDeclaration(ValueError):
    """A condition that cannot be read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one fact."""

    fact: str
    test: str
    operand: Operand


def read_condition(declared: dict[str, Operand]) -> Condition:
    """A condition from {fact = ..., <test> = ...}; refuses any other form."""
    tests = set(declared) - {"fact"}
    if "fact" not in declared or len(tests) != 1:
        raise BadDeclaration(f"{declared} needs a fact and one test")
    test = tests.pop()
    if test not in (*TESTS, UNKNOWN):
        raise BadDeclaration(f"{test} is not a test: {', '.join(TESTS)}, {UNKNOWN}")
    return Condition(str(declared["fact"]), test, declared[test])


def _condition(raw: object) -> object:
    return read_condition(raw) if isinstance(raw, dict) else raw


# A condition as a table declares it.
type Declared = Annotated[Condition, BeforeValidator(_condition)]


def facts_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The facts that are read, each once."""
    return tuple(dict.fromkeys(condition.fact for condition in conditions))
