"""Reading of a picture by a rule: known, out of date, or not answered. No Django."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from assessments.facts import FACTS, NEVER, NEVER_ON, Trial, Value
from assessments.picture import Picture
from knowledge.wording.dates import clock
from medications.rules.words import ago, day, listed

type Saying = Callable[[], str | None]


class Unanswered(LookupError):
    """A rule cannot tell without these facts."""

    def __init__(self, *facts: str) -> None:
        super().__init__(*facts)
        self.facts = facts


class FactReader:
    """One rule's look at a picture; notes which out-of-date facts it leaned on."""

    __slots__ = ("_picture", "as_of", "stale")

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.as_of = picture.as_of
        self.stale: dict[str, datetime] = {}

    def maybe(self, name: str, *, within: timedelta | None = None) -> Value | None:
        """The value, or None where there is no answer."""
        known = self._picture.known(name)
        if known is None:
            return None
        spans = [s for s in (within, FACTS[name].fresh_for) if s is not None]
        if spans and self.as_of - known.as_of > min(spans):
            self.stale[name] = known.as_of
        return known.value

    def get(self, name: str, *, within: timedelta | None = None) -> Value:
        """The value; raises Unanswered where there is none."""
        value = self.maybe(name, within=within)
        if value is None:
            raise Unanswered(name)
        return value

    def is_fresh(self, name: str) -> bool:
        known = self._picture.known(name)
        if known is None:
            return False
        fresh_for = FACTS[name].fresh_for
        return fresh_for is None or self.as_of - known.as_of <= fresh_for

    def yes(self, name: str) -> bool:
        return self.get(name) is True

    def number(self, name: str, *, within: timedelta | None = None) -> Decimal:
        return Decimal(str(self.get(name, within=within)))

    def word(self, name: str) -> str:
        return str(self.get(name))

    def if_yes(self, name: str, because: str) -> str | None:
        return because if self.yes(name) else None

    def if_word(self, name: str, wanted: str, because: str) -> str | None:
        return because if self.word(name) == wanted else None

    def stated(self, name: str, holds: bool) -> str | None:  # noqa: FBT001
        """The fact by itself as the reason, where something holds of it."""
        return f"{self.said(name)}." if holds else None

    def members(self, name: str, *, within: timedelta | None = None) -> frozenset[str]:
        return cast("frozenset[str]", self.get(name, within=within))

    def among(self, name: str, *wanted: str) -> str | None:
        """Which of these the fact holds, in words; None where it holds none."""
        found = self.members(name) & set(wanted) if wanted else self.members(name)
        return (
            f"{FACTS[name].label}: {listed(found)}{self.dated(name)}."
            if found
            else None
        )

    def trials(self) -> tuple[Trial, ...]:
        return cast("tuple[Trial, ...]", self.get("history"))

    def moment(self, name: str) -> datetime:
        return cast("datetime", self.get(name))

    def since(self, name: str) -> timedelta:
        return self.as_of - self.moment(name)

    def days_since(self, name: str) -> int | None:
        """Whole days since a date; None where it never was."""
        value = cast("date", self.get(name))
        return None if value == NEVER_ON else (self.as_of.date() - value).days

    def said(self, name: str) -> str:
        """The fact with its value and, where it is not of now, its time."""
        fact, value = FACTS[name], self.get(name)
        unit = "" if not fact.unit or fact.unit.startswith("of ") else f" {fact.unit}"
        return f"{fact.label} {value}{unit}{self.dated(name)}"

    def dated(self, name: str) -> str:
        known = self._picture.known(name)
        if known is None or known.as_of == self.as_of:
            return ""
        if known.as_of.date() == self.as_of.date():
            return f", {clock(known.as_of)}"
        return f", {day(known.as_of)}"

    def last(self, name: str) -> str:
        """When something was last taken, and how long ago."""
        moment = self.moment(name)
        label = FACTS[name].label
        return f"{label} {day(moment)} {clock(moment)}, {ago(self.as_of - moment)} ago"

    def latest(self, *names: str) -> str | None:
        """Which of these moments on record is the latest; None where all are never."""
        known = [n for n in names if self.maybe(n) not in (None, NEVER)]
        return max(known, key=self.moment, default=None)


def first(*sayings: Saying) -> str | None:
    """The first that says something; unanswered only where none does."""
    unanswered: list[str] = []
    for say in sayings:
        try:
            said = say()
        except Unanswered as gap:
            unanswered.extend(gap.facts)
        else:
            if said:
                return said
    if unanswered:
        raise Unanswered(*unanswered)
    return None


def named(label: str, found: Iterable[str]) -> str | None:
    """A label with what was found; None where nothing was."""
    words = sorted(found)
    return f"{label}: {listed(words)}." if words else None
