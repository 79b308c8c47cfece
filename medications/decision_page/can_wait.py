"""Answers that hold no dose back: what is owed today, by a day, and what refines.

No Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.holds import Hold
from medications.options.model import Missing, Options


@dataclass(frozen=True, slots=True)
class OwedAnswers:
    """Answers owed by one day; today where there is none."""

    due_on: date | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CanWait:
    owed: tuple[OwedAnswers, ...]
    refining: tuple[str, ...]


def can_wait(options: Options) -> CanWait:
    """Of the options that are open, each fact once, by the strictest that asks it."""
    strictest: dict[str, Missing] = {}
    for item in _items(options):
        held = strictest.get(item.fact)
        if held is None or item.hold > held.hold:
            strictest[item.fact] = item
    tasks = [item for item in strictest.values() if item.hold is Hold.TASK]
    refining = [m.label for m in strictest.values() if m.hold is Hold.NONE]
    return CanWait(tuple(_by_day(tasks, options)), tuple(sorted(refining)))


def _items(options: Options) -> Iterator[Missing]:
    for option in options.options:
        if option.has_place and not option.standing.ruled_out:
            yield from option.missing


def _by_day(tasks: list[Missing], options: Options) -> Iterator[OwedAnswers]:
    for days in sorted({item.days for item in tasks}):
        labels = sorted(item.label for item in tasks if item.days == days)
        due = options.today + timedelta(days=days) if days else None
        yield OwedAnswers(due, tuple(labels))
