"""The one language of conditions: a test of a fact, alternatives, and exceptions.

A condition is data. It is True, False or, where a fact it needs is not known, None;
it names the facts that it reads and says itself in words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator

from knowledge.wording.amounts import either_of

type Operand = int | float | bool | str | list[str]

UNKNOWN = "unknown"
NEVER = "never"


class Facts(Protocol):
    """What is known, by the names of facts; None is not known."""

    @property
    def as_of(self) -> datetime | None: ...

    def value(self, name: str) -> object | None: ...


@dataclass(frozen=True, slots=True)
class FactValues:
    """Facts that stand in a mapping."""

    values: Mapping[str, object | None]
    as_of: datetime | None = None

    def value(self, name: str) -> object | None:
        return self.values.get(name)


class BadDeclaration(ValueError):
    """A condition that cannot be read."""


@dataclass(frozen=True, slots=True)
class FactTest:
    """One test of one fact."""

    fact: str
    test: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Alternatives, of which one is enough."""

    alternatives: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """An exception: holds as long as the other is not known to hold."""

    exception: "Condition"


type Condition = FactTest | AnyOf | Unless


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
    several = value if isinstance(value, frozenset | list) else [str(value)]
    return isinstance(operand, list) and not set(operand).isdisjoint(several)


def _none_of(value: object, operand: Operand, at: datetime | None) -> bool:
    return not _any_of(value, operand, at)


def _other_than(value: object, operand: Operand, _: datetime | None) -> bool:
    """Whether something is named that is none of these."""
    several = value if isinstance(value, frozenset | list) else [str(value)]
    return isinstance(operand, list) and not set(several) <= set(operand)


def _some(value: object, operand: Operand, _: datetime | None) -> bool:
    """Whether anything was named, or a day and not "never"."""
    return (bool(value) and value != NEVER) is operand


def _within_days(value: object, operand: Operand, at: datetime | None) -> bool:
    if at is None or not isinstance(value, datetime):
        return False
    return timedelta(0) <= at - value <= timedelta(days=float(str(operand)))


@dataclass(frozen=True, slots=True)
class TestKind:
    """A kind of test: how it is put, and how it says itself."""

    holds: Callable[[object, Operand, datetime | None], bool]
    words: Callable[[str, Any], str]


TESTS: Mapping[str, TestKind] = {
    "at_least": TestKind(_at_least, lambda fact, n: f"{fact}: {n} or more"),
    "at_most": TestKind(_at_most, lambda fact, n: f"{fact}: {n} or less"),
    "is": TestKind(_is, lambda fact, one: f"{fact}: {_plain(one)}"),
    "any_of": TestKind(_any_of, lambda fact, some: f"{fact}: {_either(some)}"),
    "none_of": TestKind(_none_of, lambda fact, some: f"{fact}: not {_either(some)}"),
    "other_than": TestKind(
        _other_than, lambda fact, some: f"{fact}: other than {_either(some)}"
    ),
    "some": TestKind(
        _some, lambda fact, is_so: f"{fact}: {'some' if is_so else 'none'}"
    ),
    "within_days": TestKind(_within_days, lambda fact, n: f"{fact}: within {n} days"),
}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def _either(values: Iterable[object]) -> str:
    return either_of(map(_plain, values))


def read_condition(declared: Mapping[str, Any]) -> Condition:
    """A condition from {fact = ..., <test> = ...}, {any = [...]} or {unless = ...}."""
    if set(declared) == {"any"}:
        return AnyOf(tuple(map(read_condition, declared["any"])))
    if set(declared) == {"unless"}:
        return Unless(read_condition(declared["unless"]))
    tests = set(declared) - {"fact"}
    if "fact" not in declared or len(tests) != 1:
        raise BadDeclaration(f"{declared} needs a fact and one test")
    test = tests.pop()
    if test not in (*TESTS, UNKNOWN):
        raise BadDeclaration(f"{test} is not a test: {', '.join(TESTS)}, {UNKNOWN}")
    return FactTest(str(declared["fact"]), test, declared[test])


def _condition(raw: object) -> object:
    return read_condition(raw) if isinstance(raw, dict) else raw


# A condition as a table declares it.
type Declared = Annotated[Condition, BeforeValidator(_condition)]


def tests_of(conditions: Iterable[Condition]) -> Iterator[FactTest]:
    """Every test in the conditions, however deep."""
    for condition in conditions:
        match condition:
            case AnyOf(alternatives):
                yield from tests_of(alternatives)
            case Unless(exception):
                yield from tests_of([exception])
            case _:
                yield condition


def facts_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The facts that are read, each once."""
    return tuple(dict.fromkeys(one.fact for one in tests_of(conditions)))


def facts_needed(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The facts whose values are read, without those only asked to be unknown."""
    tests = (one for one in tests_of(conditions) if one.test != UNKNOWN)
    return tuple(dict.fromkeys(one.fact for one in tests))


def unknown_of(conditions: Iterable[Condition], facts: Facts) -> tuple[str, ...]:
    """The facts that are not known, as far as the conditions read them."""
    return tuple(name for name in facts_of(conditions) if facts.value(name) is None)


def holds(condition: Condition, facts: Facts) -> bool | None:
    """True or False where the facts tell, None where they do not."""
    match condition:
        case AnyOf(alternatives):
            return _any_holds([holds(one, facts) for one in alternatives])
        case Unless(exception):
            return holds(exception, facts) is not True
        case _:
            return _test_holds(condition, facts)


def _test_holds(one: FactTest, facts: Facts) -> bool | None:
    value = facts.value(one.fact)
    if one.test == UNKNOWN:
        return (value is None) is one.operand
    if value is None:
        return None
    return TESTS[one.test].holds(value, one.operand, facts.as_of)


def _any_holds(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def all_hold(conditions: Iterable[Condition], facts: Facts) -> bool | None:
    """False as soon as one fails, None while one is unknown, True otherwise."""
    answers = [holds(condition, facts) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def in_words(condition: Condition, label: Callable[[str], str]) -> str:
    """A condition as a reader is told it, each fact by its label."""
    match condition:
        case AnyOf(alternatives):
            return " or ".join(in_words(one, label) for one in alternatives)
        case Unless(exception):
            return f"unless {in_words(exception, label)}"
        case _:
            return _test_in_words(condition, label(condition.fact))


def _test_in_words(one: FactTest, label: str) -> str:
    if one.test == UNKNOWN:
        return f"{label}: {'not ' if one.operand else ''}known"
    return TESTS[one.test].words(label, one.operand)
