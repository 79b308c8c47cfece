"""When somebody may be written to next: working hours of the staff, quiet hours of all."""

import datetime as dt

import pytest

from knowledge.schedule.messages import messages
from knowledge.schedule.open_days import DayException, OpenDays
from knowledge.schedule.steps import working_hours

MONDAY = dt.date(2026, 11, 23)
USUAL = OpenDays()


def at(hour, day=MONDAY):
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


@pytest.mark.parametrize(
    ("hour", "ahead", "days", "next_hour", "next_ahead"),
    [
        (7, 0, USUAL, 7, 0),
        (3, 0, USUAL, 7, 0),
        (18, 0, USUAL, 7, 1),
        # A Saturday and a Sunday between.
        (18, 4, USUAL, 7, 7),
        (6, 0, OpenDays(weekdays=frozenset({3})), 7, 2),
    ],
)
def test_the_staff_is_written_to_in_working_hours(
    hour, ahead, days, next_hour, next_ahead
):
    day = MONDAY + dt.timedelta(days=ahead)
    found = working_hours().next_moment(at(hour, day), day, days)

    assert found == at(next_hour, MONDAY + dt.timedelta(days=next_ahead))


def test_where_no_day_is_open_it_is_two_weeks_on():

    days = [MONDAY + dt.timedelta(days=n) for n in range(30)]
    named = {day: DayException(is_open=False, name="closed") for day in days}
    found = working_hours().next_moment(at(9), MONDAY, OpenDays(exceptions=named))

    assert found == at(7, MONDAY + dt.timedelta(days=14))


@pytest.mark.parametrize(
    ("hour", "next_hour", "next_ahead"), [(9, 9, 0), (3, 9, 0), (21, 9, 1)]
)
def test_people_in_care_after_the_quiet_hours(hour, next_hour, next_ahead):
    found = messages().next_moment(at(hour), {})

    assert found == at(next_hour, MONDAY + dt.timedelta(days=next_ahead))
