"""Facts of a picture in words, each with its date. No Django.

The moments of a picture are on the clinic's clock already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from assessments.facts import FACTS, Value
from assessments.picture import KnownFact, Picture, State
from knowledge.wording import facts
from knowledge.wording.dates import clock, day_named


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact as the basis lists it."""

    label: str
    value: str
    source: str
    is_stale: bool


def facts_used(picture: Picture) -> tuple[ShownFact, ...]:
    """Every fact that a picture holds, by its label."""
    return tuple(sorted(_shown(picture), key=lambda fact: fact.label))


def _shown(picture: Picture) -> Iterator[ShownFact]:
    for name, known in (*picture.facts.items(), *picture.preferences.items()):
        is_stale = picture.state(name) is State.STALE
        when = dated(known, picture.as_of)
        # A source such as "COWS 09:25" names its hour already.
        is_said = known.source.endswith(when)
        parts = (known.source, "" if is_said else when, fresh(name, known, picture))
        yield ShownFact(
            FACTS[name].label,
            value_words(name, known.value),
            ", ".join(part for part in parts if part),
            is_stale,
        )


def dated(known: KnownFact, now: datetime) -> str:
    """The hour where it is of today, else the day."""
    if known.as_of.date() == now.date():
        return clock(known.as_of)
    return day_named(known.as_of.date(), now.date())


def fresh(name: str, known: KnownFact, picture: Picture) -> str:
    """Until when a fact of today holds; nothing where it does not age."""
    span = FACTS[name].fresh_for
    if span is None:
        return ""
    until = known.as_of + span
    if until < picture.as_of:
        return "out of date"
    same_day = until.date() == picture.as_of.date()
    return f"fresh until {until:%H:%M}" if same_day else ""


def value_words(name: str, value: Value) -> str:
    """A fact's value with its unit; every day with its year."""
    return facts.value_words(value, unit=FACTS[name].unit)
