"""Conditions over facts as data: one fact, one test, one operand; unknown is not no."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

type Operand = int | float | bool | str | list[str]
# What is known of a fact; None is not known.
type Facts = Callable[[str], object | None]

UNKNOWN = "unknown"


class BadDeclaration(ValueError):
    """A condition that cannot be read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one fact."""

    fact: str
    test: str
    operand: Operand


def amount(value: object) -> Decimal | None:
    """A number where there is one; a yes or no is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _at_least(value: object, operand: Operand, _: datetime | None) -> bool:
    number = amount(value)
    return number is not None and number >= Decimal(str(operand))


def _at_most(value: object, operand: Operand, _: datetime | None) -> bool:
    number = amount(value)
    return number is not None and number <= Decimal(str(operand))


def _is(value: object, operand: Operand, _: datetime | None) -> bool:
    return value == operand


def _any_of(value: object, operand: Operand, _: datetime | None) -> bool:
    several = value if isinstance(value, frozenset) else frozenset([str(value)])
    return isinstance(operand, list) and bool(several & set(operand))


def _none_of(value: object, operand: Operand, at: datetime | None) -> bool:
    return not _any_of(value, operand, at)


def _within_days(value: object, operand: Operand, at: datetime | None) -> bool:
    if at is None or not isinstance(value, datetime):
        return False
    return timedelta(0) <= at - value <= timedelta(days=float(str(operand)))


TESTS: Mapping[str, Callable[[object, Operand, datetime | None], bool]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "is": _is,
    "any_of": _any_of,
    "none_of": _none_of,
    "within_days": _within_days,
}


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


def holds(
    condition: Condition, facts: Facts, at: datetime | None = None
) -> bool | None:
    """True or False where the fact is known, None where it is not."""
    value = facts(condition.fact)
    if condition.test == UNKNOWN:
        return (value is None) is condition.operand
    if value is None:
        return None
    return TESTS[condition.test](value, condition.operand, at)


def all_hold(
    conditions: Iterable[Condition], facts: Facts, at: datetime | None = None
) -> bool | None:
    """False as soon as one fails, None while one is unknown, True otherwise."""
    answers = [holds(condition, facts, at) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True
