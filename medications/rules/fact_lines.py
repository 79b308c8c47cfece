"""Facts of a picture in words, each with its date. No Django.

The moments of a picture are on the clinic's clock already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from assessments.facts import FACTS, NEVER, NEVER_ON, Trial, Value
from assessments.picture import KnownFact, Picture, State
from knowledge.medicines import medicines


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
        return f"{known.as_of:%H:%M}"
    year = "" if known.as_of.year == now.year else f" {known.as_of.year}"
    return f"{known.as_of:%a} {known.as_of.day} {known.as_of:%b}{year}"


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
    """A fact's value as a clinician reads it, with its unit."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return f"{Decimal(value).normalize():f} {FACTS[name].unit}".strip()
    if isinstance(value, datetime | date):
        return _moment(value)
    if isinstance(value, str):
        return _word(value)
    return _several(value)


def _several(values: frozenset[str] | tuple[Trial, ...]) -> str:
    if isinstance(values, frozenset):
        return ", ".join(sorted(_word(v) for v in values)) or "None"
    return "; ".join(_trial(trial) for trial in values) or "None"


def _moment(value: datetime | date) -> str:
    if value in (NEVER, NEVER_ON):
        return "Never"
    words = f"{value:%a} {value.day} {value:%b %Y}"
    return f"{words}, {value:%H:%M}" if isinstance(value, datetime) else words


def _word(value: str) -> str:
    return medicines().titles.get(value) or value.replace("_", " ")


def _trial(trial: Trial) -> str:
    """What was taken, and whether it helped."""
    name = medicines().titles[trial.medication]
    answers = {True: ", helped", False: ", did not help", None: ""}
    return name + answers[trial.helpful]
