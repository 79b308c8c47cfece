"""The windows of raised risk in which one person is now. No Django, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assessments.picture import KnownFact, Picture
from knowledge.risk_windows import risk_windows
from knowledge.wording.amounts import days_ago

NO_STEADY_HOME = ("unstable", "unhoused")


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A time of raised risk that holds now."""

    key: str
    because: str
    then: str
    source: str
    tag: str
    on: date


def open_windows(
    picture: Picture, *, last_naltrexone_on: date | None = None
) -> Iterator[OpenWindow]:
    """The windows in which this person is, each with how long it has been open."""
    today = picture.today
    yield from _left(picture, today)
    yield from _after_birth(picture)
    if last_naltrexone_on is not None:
        yield from _in_days("depot_ends", last_naltrexone_on, today)
    yield from _home(picture)


def _left(picture: Picture, today: date) -> Iterator[OpenWindow]:
    """Days to leaving, counted from the day on which they were said."""
    told = _number(picture, "reentry")
    if told is not None:
        known, days = told
        yield from _in_days(
            "left_institution", picture.day_of(known.as_of) + timedelta(days), today
        )


def _after_birth(picture: Picture) -> Iterator[OpenWindow]:
    told = _number(picture, "postpartum")
    if told is not None and risk_windows()["after_birth"].holds(told[1]):
        yield _window("after_birth", f"{told[1]} months", picture.day_of(told[0].as_of))


def _home(picture: Picture) -> Iterator[OpenWindow]:
    known = picture.known("housing")
    if known is not None and known.value in NO_STEADY_HOME:
        yield _window("no_steady_home", str(known.value), picture.day_of(known.as_of))


def _number(picture: Picture, name: str) -> tuple[KnownFact, int] | None:
    known = picture.known(name)
    if known is None or not isinstance(known.value, int | Decimal):
        return None
    return known, int(known.value)


def _in_days(key: str, since: date, today: date) -> Iterator[OpenWindow]:
    days = (today - since).days
    if risk_windows()[key].holds(days):
        yield _window(key, days_ago(days) if days else "today", since)


def _window(key: str, ago: str, on: date) -> OpenWindow:
    kept = risk_windows()[key]
    because = kept.because.format(ago=ago)
    return OpenWindow(key, because, kept.then, kept.source, kept.tag, on)
