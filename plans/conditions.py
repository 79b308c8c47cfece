"""Declared conditions put to a person's facts. Unknown is neither yes nor no."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from assessments.facts import Value
from assessments.instruments.arithmetic import band_of
from assessments.instruments.registry import instruments
from assessments.picture import KnownFact, Picture
from knowledge.conditions import UNKNOWN, Condition, Operand
from knowledge.wording.dates import day_named

# Facts that are totals of an instrument, so that a text can say the band.
TOTALS = {
    "phq9": "phq9",
    "gad7": "gad7",
    "cows": "cows",
    "peg": "peg",
    "dsm_count": "dsm5_oud",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's facts together with what the plan itself knows, such as the choice."""

    picture: Picture
    also: Mapping[str, KnownFact]

    @property
    def as_of(self) -> datetime:
        return self.picture.as_of

    def known(self, name: str) -> KnownFact | None:
        return self.also.get(name) or self.picture.known(name)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as a sentence says it: its value, its day, its band."""

    text: str
    date: str
    band: str

    def __str__(self) -> str:
        return self.text


def value_text(value: Value) -> str:
    """A value in words, as a sentence can hold it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(one.replace("_", " ") for one in value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).replace("_", " ")


def told(seen: Seen, name: str, known: KnownFact) -> Told:
    """What a template may say of one fact."""
    zone = seen.as_of.tzinfo
    today = seen.as_of.date()
    on = day_named(known.as_of.astimezone(zone).date(), today)
    if isinstance(known.value, datetime):
        day = known.value.astimezone(zone).date()
        return Told(day_named(day, today), on, "")
    return Told(value_text(known.value), on, _band(name, known.value))


def _band(name: str, value: Value) -> str:
    key = TOTALS.get(name)
    if key is None or not isinstance(value, int | Decimal):
        return ""
    return band_of(instruments()[key].bands, float(value)) or ""


def amount(value: Value) -> Decimal | None:
    """A number where there is one; a yes or no is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _words(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset([str(value)])


def _at_least(value: Value, operand: Operand, _: datetime) -> bool:
    number = amount(value)
    return number is not None and number >= Decimal(str(operand))


def _at_most(value: Value, operand: Operand, _: datetime) -> bool:
    number = amount(value)
    return number is not None and number <= Decimal(str(operand))


def _is(value: Value, operand: Operand, _: datetime) -> bool:
    return value == operand


def _any_of(value: Value, operand: Operand, _: datetime) -> bool:
    return isinstance(operand, list) and bool(_words(value) & set(operand))


def _none_of(value: Value, operand: Operand, at: datetime) -> bool:
    return not _any_of(value, operand, at)


def _within_days(value: Value, operand: Operand, at: datetime) -> bool:
    if not isinstance(value, datetime):
        return False
    return timedelta(0) <= at - value <= timedelta(days=float(str(operand)))


HOLDS: Mapping[str, Callable[[Value, Operand, datetime], bool]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "is": _is,
    "any_of": _any_of,
    "none_of": _none_of,
    "within_days": _within_days,
}


def holds(condition: Condition, seen: Seen) -> bool | None:
    """True or False where the fact is known, None where it is not."""
    known = seen.known(condition.fact)
    if condition.test == UNKNOWN:
        return known is None
    if known is None:
        return None
    return HOLDS[condition.test](known.value, condition.operand, seen.as_of)


def all_hold(conditions: Iterable[Condition], seen: Seen) -> bool | None:
    """False as soon as one fails, None while one is unknown, True otherwise."""
    answers = [holds(condition, seen) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True


class _Tellable(dict[str, Told]):
    """What a template may name; a fact nobody knows is said to be unknown."""

    def __missing__(self, name: str) -> Told:
        return Told("not known", "not asked", "not known")


def filled(template: str, seen: Seen, names: tuple[str, ...]) -> str:
    """A template with this person's values and days."""
    values = _Tellable()
    for name in names:
        known = seen.known(name)
        if known is not None:
            values[name] = told(seen, name, known)
    return template.format_map(values)
