"""Facts of one person as a plan's conditions read them and its sentences say them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from assessments.facts import Value
from assessments.picture import KnownFact, Picture
from knowledge.instruments.arithmetic import band_of
from knowledge.instruments.registry import instruments
from knowledge.wording.dates import day_named
from knowledge.wording.facts import value_words

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

    @property
    def today(self) -> date:
        return self.picture.today

    def day_of(self, moment: datetime) -> date:
        return self.picture.day_of(moment)

    def known(self, name: str) -> KnownFact | None:
        return self.also.get(name) or self.picture.known(name)

    def value(self, name: str) -> Value | None:
        known = self.known(name)
        return None if known is None else known.value


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
    words = value_words(value)
    return words.lower() if words in ("Yes", "No", "None", "Never") else words


def told(seen: Seen, name: str, known: KnownFact) -> Told:
    """What a template may say of one fact."""
    on = day_named(seen.day_of(known.as_of), seen.today)
    if isinstance(known.value, datetime):
        return Told(day_named(seen.day_of(known.value), seen.today), on, "")
    return Told(value_text(known.value), on, _band(name, known.value))


def _band(name: str, value: Value) -> str:
    key = TOTALS.get(name)
    if key is None or not isinstance(value, int | Decimal):
        return ""
    return band_of(instruments()[key].bands, float(value)) or ""


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
