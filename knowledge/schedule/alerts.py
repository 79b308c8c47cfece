"""Climb of an alert: what raises one, who is called on which rung, and when. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import count, takewhile
from typing import NamedTuple

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.schedule.steps import CONCERN_LEVELS
from knowledge.tables import shaped, shipped
from knowledge.wording.bare import bare_words

LIFE, RESULT = "suicide_risk", "result"
AGAIN_MINUTES, FRESH_DAYS = "alert_again_minutes", "alert_fresh_days"
LIST_DAYS = "alert_list_days"
# What of the minutes is a setting of the clinic, by the name of its number.
OF_CLINIC = {
    "alert_acknowledge_minutes": "acknowledge_minutes",
    "alert_escalate_minutes": "escalate_minutes",
}


class AlertRung(StrEnum):
    """Who is called, in this order; the last again and again."""

    DUTY = "duty"
    PRESCRIBER = "prescriber"
    DIRECTOR = "director"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AlertRaisers(Cited):
    """Levels of a concern, by its kind, that do not wait for the next visit."""

    suicide_risk: tuple[str, ...]
    result: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordsReadAtOnce(Cited):
    """Own words that are read at once; without capitals, accents and signs."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AlertStep(Cited):
    """One rung: who is called, and the number of minutes before the next."""

    key: AlertRung
    title: str
    says: str
    wait: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AlertRules:
    """What raises an alert, and how it climbs."""

    raises: AlertRaisers
    own_words: WordsReadAtOnce
    titles: Mapping[str, str]
    rung: tuple[AlertStep, ...]
    numbers: Mapping[str, Number]

    def calls_at_once(self, kind: str, level: int) -> bool:
        """Whether a concern of this kind and level goes to somebody at once."""
        levels = {LIFE: self.raises.suicide_risk, RESULT: self.raises.result}
        return CONCERN_LEVELS[level] in levels.get(kind, ())

    def is_about_dying(self, words: str) -> bool:
        """Whether somebody's own words may be about dying, and are read at once."""
        said = f" {bare_words(words)} "
        return any(f" {phrase} " in said for phrase in self.own_words.phrases)

    def title(self, kind: str, level: int) -> str:
        return self.titles[RESULT if kind == RESULT else CONCERN_LEVELS[level]]

    def named(self, rung: AlertRung) -> AlertStep:
        return next(one for one in self.rung if one.key == rung)

    def within_limits(self, name: str, minutes: int) -> int:
        """A clinic's minutes, never outside of what is permitted."""
        permitted = self.numbers[name].permitted
        if permitted is None or permitted.allows(minutes):
            return minutes
        low, high = int(permitted.low or 0), int(permitted.high or minutes)
        return min(max(minutes, low), high)


@cache
def alert_rules() -> AlertRules:
    return shaped(AlertRules, shipped()["schedule"]["alerts"], "schedule/alerts")


class RungCall(NamedTuple):
    """A place in the climb: `number` counts the times that everybody is told again."""

    rung: AlertRung
    number: int = 0


@dataclass(frozen=True, slots=True)
class CallMade:
    """That a rung was called, when, whether anybody stood on it, and whether somebody
    passed it on."""

    place: RungCall
    at: datetime
    found_somebody: bool = True
    was_passed_on: bool = False


type Minutes = Mapping[str, int]


def _places() -> Iterator[RungCall]:
    yield from (RungCall(rung) for rung in AlertRung if rung != AlertRung.AGAIN)
    yield from (RungCall(AlertRung.AGAIN, number) for number in count(1))


def _climb(
    raised_at: datetime, calls: Iterable[CallMade], minutes: Minutes
) -> Iterator[tuple[RungCall, datetime, bool]]:
    """Every place with the moment at which it is due, and whether it was called.

    From a call that somebody passed on the next ones are counted anew; one that came
    late puts off nothing. Where nobody stood on a rung, the next is due at once.
    """
    made = {one.place: one for one in calls}
    due = raised_at
    places = _places()
    while True:
        place = next(places)
        call = made.get(place)
        if call is not None:
            due = call.at if call.was_passed_on else min(call.at, due)
        yield place, due, call is not None
        is_empty = call is not None and not call.found_somebody
        if place.rung == AlertRung.AGAIN or not is_empty:
            wait = alert_rules().named(place.rung).wait
            due += timedelta(minutes=minutes[wait])


def calls_due(
    raised_at: datetime,
    acknowledged_at: datetime | None,
    calls: Iterable[CallMade],
    minutes: Minutes,
    at: datetime,
) -> tuple[RungCall, ...]:
    """Who has to be called by now and was not. Of the times that everybody was to be told
    again while nobody was at work, the last alone."""
    if acknowledged_at is not None:
        return ()
    owed: dict[AlertRung, RungCall] = {}
    climb = _climb(raised_at, calls, minutes)
    for place, _, is_made in takewhile(lambda one: one[1] <= at, climb):
        if is_made:
            owed.pop(place.rung, None)
        else:
            owed[place.rung] = place
    return tuple(owed.values())


class NextCall(NamedTuple):
    """The call that comes next, and when."""

    place: RungCall
    at: datetime


def next_call(
    raised_at: datetime, calls: Iterable[CallMade], minutes: Minutes
) -> NextCall:
    """The first place after the last that was called."""
    made = list(calls)
    last = max((_place_number(one.place) for one in made), default=-1)
    return next(
        NextCall(place, due)
        for place, due, is_made in _climb(raised_at, made, minutes)
        if not is_made and _place_number(place) > last
    )


def _place_number(place: RungCall) -> int:
    """How far up a place is."""
    return list(AlertRung).index(place.rung) + place.number
