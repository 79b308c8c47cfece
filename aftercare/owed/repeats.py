"""Promises of follow-ups that staff repeat. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from aftercare.owed.promise import Promise
from aftercare.owed.state import CareState, RepeatState
from knowledge.schedule.steps import OwnerRole

# In the key of each occurrence, before the number of the series.
OF_REPEAT = ":repeat:"


def of_repeats(state: CareState, *, today: date, until: date) -> Iterator[Promise]:
    """Of each series the last that is over, those that lie ahead inside the horizon, and
    the next one."""
    for one in state.repeats:
        over: Promise | None = None
        for promise in _occurrences(state, one):
            if promise.latest < today:
                over = promise
                continue
            if over is not None:
                yield over
                over = None
            yield promise
            if promise.due > until:
                break
        if over is not None:
            yield over


def _occurrences(state: CareState, one: RepeatState) -> Iterator[Promise]:
    for number, day in one.pattern.days():
        yield replace(
            _first(state, one),
            key=f"{state.prefix}{OF_REPEAT}{one.key}:{number}",
            earliest=day - timedelta(days=one.before),
            due=day,
            latest=day + timedelta(days=one.after),
            reason=f"{one.pattern.words} {one.reason}".strip(),
        )


def _first(state: CareState, one: RepeatState) -> Promise:
    return Promise(
        key=state.prefix,
        kind=one.kind,
        title=one.title,
        earliest=one.pattern.first_on,
        due=one.pattern.first_on,
        latest=one.pattern.first_on,
        role=OwnerRole(one.role),
        reason=one.reason,
        cite="",
        verified="",
        only_ahead=True,
        about=f"repeat {one.key}",
        owner=one.owner,
        link=one.link,
    )


def is_series_over(key: str, wanted: Iterable[str]) -> bool:
    """Whether nothing more is owed of the series that an occurrence is of: staff ended
    it, or its days are over."""
    series = key.rpartition(":")[0]
    return not any(one.startswith(f"{series}:") for one in wanted)
