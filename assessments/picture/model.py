"""Picture: the facts about one person at one moment, each with its date. No Django."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Protocol

from assessments.facts import (
    FACTS,
    NEVER,
    NEVER_ON,
    BadValue,
    Domain,
    Fact,
    UnknownFact,
    Value,
    fact_named,
    folded,
    read_asked,
    read_moment,
    read_value,
)
from knowledge.freshness import ageing

UNANSWERED = frozenset(["", "unknown", "not_known", "unanswered"])


class State(StrEnum):
    KNOWN = "known"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FactError:
    """One fact that could not be read, and why."""

    fact: str
    message: str


class BadPicture(ValueError):
    """A picture that cannot be read; every fault is listed."""

    def __init__(self, errors: list[FactError]) -> None:
        super().__init__("; ".join(f"{e.fact}: {e.message}" for e in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A value, the moment it was true, and where it comes from.

    `asked` are the answers of a list that somebody was asked for; None is all of them.
    What a diagnosis or one urine adds answers nothing else.
    """

    value: Value
    as_of: datetime
    source: str = ""
    asked: frozenset[str] | None = None

    def later(self, by: timedelta) -> "KnownFact":
        # Made anew rather than replaced: a search asks for hundreds of them.
        return KnownFact(self.value, self.as_of + by, self.source, self.asked)


NOTHING: Mapping[str, KnownFact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Picture:
    """The facts about one person as of one moment; what is absent is unknown."""

    as_of: datetime
    facts: Mapping[str, KnownFact] = field(default_factory=lambda: NOTHING)
    preferences: Mapping[str, KnownFact] = field(default_factory=lambda: NOTHING)

    @property
    def today(self) -> date:
        """The clinic's day: as_of is on the clinic's clock."""
        return self.as_of.date()

    def day_of(self, moment: datetime) -> date:
        """The clinic's day of a moment that is told in it."""
        return moment.astimezone(self.as_of.tzinfo).date()

    def known(self, name: str) -> KnownFact | None:
        """What is on record for a fact, however old."""
        return self.facts.get(name) or self.preferences.get(name)

    def state(self, name: str) -> State:
        known = self.known(name)
        if known is None:
            return State.UNKNOWN
        return State.KNOWN if is_current(known, name, self) else State.STALE

    def value(self, name: str) -> Value | None:
        """The value on record, also where it is out of date; None where unknown."""
        known = self.known(name)
        return None if known is None else known.value

    def changed(self, raw: Mapping[str, object]) -> "Picture":
        """The same picture with some facts otherwise; None makes one unknown."""
        read = _Reader(self.as_of)
        new = read.facts(raw)
        read.refuse_faults()
        gone = {fact_named(name).name for name in raw}
        kept = {n: k for n, k in self.facts.items() if n not in gone}
        wishes = {n: k for n, k in self.preferences.items() if n not in gone}
        return Picture(self.as_of, {**kept, **new}, wishes)

    def holding(self, name: str, value: Value) -> "Picture":
        """The same picture, had this fact just been found to be so."""
        known = KnownFact(value, self.as_of)
        if name in self.preferences:
            return Picture(self.as_of, self.facts, {**self.preferences, name: known})
        return Picture(self.as_of, {**self.facts, name: known}, self.preferences)

    def asked_again(self) -> "Picture":
        """The same answers, had everything been asked anew and nothing changed."""
        facts = {
            name: replace(known, as_of=self.as_of) for name, known in self.facts.items()
        }
        return Picture(self.as_of, facts, self.preferences)

    def later(self, by: timedelta) -> "Picture":
        """The same answers, given again after some time; moments told stay as told."""
        return Picture(
            self.as_of + by,
            _given_again(self.facts, by),
            _given_again(self.preferences, by),
        )

    def to_json(self) -> dict[str, object]:
        """A plain form that reads back to the same picture."""
        return {
            "as_of": self.as_of.isoformat(),
            "facts": _plain_facts(self.facts),
            "preferences": _plain_facts(self.preferences),
        }

    def digest(self) -> str:
        """The same for the same facts, dates and sources, and for nothing else."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, raw: object) -> "Picture":
        """Read a picture; refuses with every fault at once."""
        if not isinstance(raw, Mapping):
            raise BadPicture([FactError("picture", "must be a JSON object")])
        read = _Reader(_as_of(raw))
        facts = read.facts(read.section(raw, "facts"))
        wishes = read.preferences(read.section(raw, "preferences"), given=facts)
        read.strangers(raw)
        read.refuse_faults()
        return cls(read.as_of, facts, wishes)


def _given_again(facts: Mapping[str, KnownFact], by: timedelta) -> dict[str, KnownFact]:
    return {name: known.later(by) for name, known in facts.items()}


class PictureLook(Protocol):
    """Whoever reads a picture: its moment, and what is on record for a fact."""

    @property
    def as_of(self) -> datetime: ...

    def value(self, name: str) -> Value | None: ...


def is_current(known: KnownFact, name: str, look: PictureLook) -> bool:
    """Whether a value still counts, as a whole or in the answers that stand."""
    age, value = look.as_of - known.as_of, known.value
    if isinstance(value, frozenset):
        return bool(standing(name, value, age)) or lasts(name, "none", age)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        found = ageing(name)
        return found is None or found.number_holds(value, age, look)
    word = in_a_word(value)
    return lasts(name, word, age, member=word)


def standing(name: str, value: frozenset[str], age: timedelta) -> frozenset[str]:
    """The answers of a list that still count."""
    return frozenset(one for one in value if lasts(name, one, age, member=one))


def lasts(name: str, word: str, age: timedelta, *, member: str = "") -> bool:
    found = ageing(name, member)
    return found is None or found.holds(word, age)


def in_a_word(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return "never" if value in (NEVER, NEVER_ON) else "on"
    return str(value)


def _as_of(raw: Mapping[str, object]) -> datetime:
    try:
        return read_moment(raw.get("as_of"))
    except BadValue as fault:
        raise BadPicture([FactError("as_of", str(fault))]) from None


class _Reader:
    """Reads the parts of one picture and keeps the faults."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.faults: list[FactError] = []

    def section(self, raw: Mapping[str, object], name: str) -> Mapping[str, object]:
        part = raw.get(name)
        if part is None:
            return {}
        if isinstance(part, Mapping):
            return part
        self.fault(name, "must be a JSON object of names and values")
        return {}

    def facts(self, raw: Mapping[str, object]) -> dict[str, KnownFact]:
        read: dict[str, KnownFact] = {}
        for name, given in raw.items():
            fact = self.named(name)
            known = self.known(fact, given) if fact else None
            if fact is None or known is None:
                continue
            if fact.name in read:
                self.fault(fact.name, f"is given twice, also as {name}")
            read[fact.name] = known
        return read

    def preferences(
        self, raw: Mapping[str, object], *, given: Mapping[str, KnownFact]
    ) -> dict[str, KnownFact]:
        wishes = self.facts(raw)
        for name in wishes:
            if FACTS[name].domain is not Domain.PREFERENCE:
                self.fault(name, "is not a preference; give it among the facts")
            if name in given:
                self.fault(name, "is given twice, as a fact and as a preference")
        return wishes

    def strangers(self, raw: Mapping[str, object]) -> None:
        for name in sorted(set(raw) - {"as_of", "facts", "preferences"}):
            self.fault(name, "is not part of a picture; facts go under 'facts'")

    def named(self, name: str) -> Fact | None:
        try:
            return fact_named(name)
        except UnknownFact as refusal:
            self.fault(name, str(refusal))
            return None

    def known(self, fact: Fact, given: object) -> KnownFact | None:
        parts = _parts(given)
        raw = parts.get("value")
        if raw is None or (isinstance(raw, str) and folded(raw) in UNANSWERED):
            return None
        try:
            as_of = self.stated(parts.get("as_of"))
            value = read_value(fact, raw, as_of=self.as_of)
            asked = read_asked(fact, raw, parts.get("asked"), as_of=self.as_of)
            return KnownFact(value, as_of, str(parts.get("source") or ""), asked)
        except BadValue as fault:
            self.fault(fact.name, str(fault))
            return None

    def stated(self, raw: object) -> datetime:
        if raw is None:
            return self.as_of
        moment = read_moment(raw, zone_of=self.as_of)
        if moment > self.as_of:
            raise BadValue(f"was stated as of {raw}, after this picture")
        return moment

    def fault(self, fact: str, message: str) -> None:
        self.faults.append(FactError(fact, message))

    def refuse_faults(self) -> None:
        if self.faults:
            raise BadPicture(self.faults)


def _parts(given: object) -> Mapping[str, object]:
    if isinstance(given, Mapping) and "value" in given:
        return given
    return {"value": given}


def _plain_facts(facts: Mapping[str, KnownFact]) -> dict[str, object]:
    return {
        name: {
            "value": plain(known.value),
            "as_of": known.as_of.isoformat(),
            "source": known.source,
            **({} if known.asked is None else {"asked": sorted(known.asked)}),
        }
        for name, known in sorted(facts.items())
    }


def plain(value: Value) -> object:
    """A value as JSON can hold it; reads back to the same value."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [trial.as_json() for trial in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return "never" if value in (NEVER, NEVER_ON) else value.isoformat()
    return value
