"""Sessions of a group of the clinic: its days, and what a closed day does. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from knowledge.numbers import Number
from knowledge.schedule.open_days import OpenDays
from knowledge.schedule.steps import ScheduleStep
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupRules:
    """The file, by its parts."""

    steps: Mapping[str, ScheduleStep]
    numbers: Mapping[str, Number]

    def number(self, name: str) -> int:
        return self.numbers[name].days


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDay:
    """One session: the day of its week, the day it is held on (None: not at all), and
    why that is another one."""

    planned_on: date
    on: date | None
    why: str = ""

    @property
    def is_changed(self) -> bool:
        return self.on != self.planned_on


@cache
def group_rules() -> GroupRules:
    return shaped(GroupRules, shipped()["schedule"]["groups"], "schedule/groups")


def sessions_of(
    weekday: int, since: date, *, today: date, days: OpenDays
) -> Iterator[SessionDay]:
    """Sessions around today, as the week and the closed days have them."""
    rules = group_rules()
    first = max(since, today - timedelta(days=rules.number("looks_back")))
    last = today + timedelta(days=rules.number("looks_ahead"))
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7)
    while day <= last:
        yield on_open_day(day, days)
        day += timedelta(weeks=1)


def on_open_day(day: date, days: OpenDays) -> SessionDay:
    """On a closed day it moves to the next open one that is near; else it is cancelled."""
    why = days.why_closed(day)
    if not why:
        return SessionDay(planned_on=day, on=day)
    near = (
        day + timedelta(days=n) for n in range(1, group_rules().number("moves_by") + 1)
    )
    on = next((one for one in near if days.is_open(one)), None)
    return SessionDay(planned_on=day, on=on, why=why)
