"""Promises to a person with their windows, and how steps become promises. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from knowledge.schedule.open_days import OpenDays
from knowledge.schedule.steps import DutySeverity, OwnerRole, ScheduleStep
from knowledge.wording.dates import whole_day

GRAVEST_FIRST = tuple(DutySeverity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One thing owed to the person, with the window in which it is kept.

    `after` is the moment after which evidence counts, where what called for it has one.
    `only_ahead`: owed only where its window was not over when it was first promised.
    """

    key: str
    kind: str
    title: str
    earliest: date
    due: date
    latest: date
    role: OwnerRole
    reason: str
    cite: str
    verified: str
    occasion: str = ""
    severity: DutySeverity = DutySeverity.ROUTINE
    after: datetime | None = None
    only_ahead: bool = False
    # Where two of a kind are two acts: which of them.
    about: str = ""
    # Whose it is by name; nobody's where a role alone owes it.
    owner: str = ""
    # Where a video visit is held.
    link: str = ""

    def overlaps(self, other: "Promise") -> bool:
        return self.earliest <= other.latest and other.earliest <= self.latest


def promise(key: str, first: date, step: ScheduleStep) -> Promise:
    """One step counted from its first day."""
    due = first + timedelta(days=step.day)
    return Promise(
        key=key,
        kind=step.kind,
        title=step.title,
        earliest=due - timedelta(days=step.before),
        due=due,
        latest=due + timedelta(days=step.after),
        role=step.role,
        reason=step.reason,
        cite=step.source,
        verified=step.tag,
        occasion=step.occasion,
        severity=step.severity,
    )


def from_day_on(one: Promise, first: date) -> Promise | None:
    """Nothing is promised for days before the first; a window may have begun."""
    if one.latest < first:
        return None
    return replace(one, earliest=max(one.earliest, first), due=max(one.due, first))


def on_open_day(one: Promise, days: OpenDays) -> Promise:
    """What falls on a closed day moves within its window, and says so."""
    due = days.within(one.due, one.earliest, one.latest)
    if due == one.due:
        return one
    moved = f"Moved from {whole_day(one.due)}: {days.why_closed(one.due)}."
    return replace(one, due=due, reason=f"{one.reason} {moved}".strip())


def same_act_once(found: Iterable[Promise]) -> Iterator[Promise]:
    """Of promises of the same act whose windows overlap, the one that ends first; as
    grave as the gravest of them, with the reasons of all."""
    kept: dict[tuple[str, str, str], list[Promise]] = {}
    for one in sorted(found, key=lambda p: (p.latest, p.due, p.key)):
        same = kept.setdefault((one.kind, one.occasion, one.about), [])
        place = next((n for n, p in enumerate(same) if p.overlaps(one)), None)
        if place is None:
            same.append(one)
        else:
            same[place] = _both(same[place], one)
    for same in kept.values():
        yield from same


def _both(first: Promise, other: Promise) -> Promise:
    gravest = min(first.severity, other.severity, key=GRAVEST_FIRST.index)
    reason = first.reason
    if other.reason not in reason:
        reason = f"{reason} Also: {other.reason}".strip()
    return replace(first, severity=gravest, reason=reason)
