"""Consequences of a change of settings: told before it is saved, and drawn after it.

The rooms above say what of theirs a change moves (`foretell`), and move it in the same
transaction (`follow`). Each registers itself when the site starts.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Clinic, Staff
from knowledge.schedule.open_days import EVERY_DAY, WEEKDAYS, OpenDays

ALL_WEEK = frozenset(range(1, len(WEEKDAYS) + 1))


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One change of a clinic: each field with what it was and what it becomes, and the
    days before and after where the calendar changes."""

    clinic: Clinic
    on: date
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)
    days_before: OpenDays = EVERY_DAY
    days_after: OpenDays = EVERY_DAY

    @property
    def moves_days(self) -> bool:
        return self.days_before != self.days_after

    def becomes(self, name: str) -> object:
        """What a field becomes; None where it stays."""
        return self.fields[name][1] if name in self.fields else None


type Foretelling = Callable[[SettingsChange], Iterable[str]]
type Following = Callable[[SettingsChange, Staff, datetime], None]

FORETELLINGS: dict[str, Foretelling] = {}
FOLLOWINGS: dict[str, Following] = {}


def register(
    name: str, *, foretell: Foretelling, follow: Following | None = None
) -> None:
    """Make known what a room has to say of a change; by its name, so once."""
    FORETELLINGS[name] = foretell
    if follow is not None:
        FOLLOWINGS[name] = follow


def foretold(change: SettingsChange) -> tuple[str, ...]:
    """Everything that a change would move, in words."""
    return tuple(words for tell in FORETELLINGS.values() for words in tell(change))


def follow_all(change: SettingsChange, *, by: Staff, at: datetime) -> None:
    for follow in FOLLOWINGS.values():
        follow(change, by, at)


def digest_of(words: Iterable[str]) -> str:
    """The same for the same consequences; empty where there are none."""
    told = list(words)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32] if told else ""


def counted(number: int, one: str, several: str) -> Iterator[str]:
    """`1 person …` or `6 people …`; nothing where there is nobody."""
    if number:
        yield f"1 {one}" if number == 1 else f"{number} {several}"


def of_the_clock(change: SettingsChange) -> Iterator[str]:
    """What another time zone changes."""
    if zone := change.becomes("time_zone"):
        yield (
            f"Every day and hour here is read by the clock of {zone} from now on,"
            " past ones too."
        )


def of_the_week(change: SettingsChange) -> Iterator[str]:
    """The weekdays that close: once there are hours, a day without any is closed."""
    before, after = (
        ALL_WEEK if days.weekdays is None else days.weekdays
        for days in (change.days_before, change.days_after)
    )
    if closing := [WEEKDAYS[number - 1] for number in sorted(before - after)]:
        yield f"Closed from now on: {', '.join(closing)}."
