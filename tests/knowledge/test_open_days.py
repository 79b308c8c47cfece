"""Open days: the week, holidays, single days, and the move within a window."""

import datetime as dt

import pytest

from knowledge.schedule.open_days import (
    EVERY_DAY,
    DayException,
    OpenDays,
    public_holidays,
    states,
    week_words,
)

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
THANKSGIVING = dt.date(2026, 11, 26)
WORKDAYS = OpenDays(frozenset(range(1, 6)), keeps_holidays=True)


@pytest.mark.parametrize(
    ("days", "day", "why"),
    [
        pytest.param(EVERY_DAY, MONDAY + 6 * DAY, "", id="nothing said"),
        pytest.param(WORKDAYS, MONDAY, "", id="an open day"),
        pytest.param(WORKDAYS, MONDAY + 5 * DAY, "closed on Saturdays", id="weekend"),
        pytest.param(WORKDAYS, THANKSGIVING, "Thanksgiving Day", id="federal"),
        pytest.param(
            OpenDays(keeps_holidays=True, state="NY"),
            dt.date(2026, 2, 12),
            "Lincoln's Birthday",
            id="of the state",
        ),
        pytest.param(
            OpenDays(keeps_holidays=True), dt.date(2026, 2, 12), "", id="no state said"
        ),
        pytest.param(
            OpenDays(
                WORKDAYS.weekdays, exceptions={MONDAY: DayException(False, "Repairs")}
            ),
            MONDAY,
            "Repairs",
            id="closed for once",
        ),
        pytest.param(
            OpenDays(
                WORKDAYS.weekdays,
                keeps_holidays=True,
                exceptions={THANKSGIVING: DayException(True, "Dosing")},
            ),
            THANKSGIVING,
            "",
            id="open for once",
        ),
    ],
)
def test_why_a_day_is_closed(days, day, why):
    assert days.why_closed(day) == why
    assert days.is_open(day) == (not why)


@pytest.mark.parametrize(
    ("due", "before", "after", "moved"),
    [
        pytest.param(MONDAY, 2, 2, MONDAY, id="open"),
        pytest.param(MONDAY + 5 * DAY, 3, 3, MONDAY + 7 * DAY, id="the next"),
        pytest.param(MONDAY + 5 * DAY, 3, 1, MONDAY + 4 * DAY, id="the one before"),
        pytest.param(MONDAY + 5 * DAY, 0, 0, MONDAY + 5 * DAY, id="none: it stays"),
    ],
)
def test_a_day_moves_within_its_window(due, before, after, moved):
    assert WORKDAYS.within(due, due - before * DAY, due + after * DAY) == moved


def test_closed_days_of_a_while():
    closed = list(WORKDAYS.closed_between(MONDAY, MONDAY + 6 * DAY))

    assert closed == [THANKSGIVING, MONDAY + 5 * DAY, MONDAY + 6 * DAY]


def test_states_have_names_and_their_own_holidays():
    assert states()["NY"] == "New York"
    assert len(public_holidays("NY", 2026)) > len(public_holidays("", 2026))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({}, ""),
        ({"1": "06:00-17:00"}, "Mon 06:00-17:00"),
        (
            {**dict.fromkeys("12345", "06:00-17:00"), "6": "06:00-12:30"},
            "Mon to Fri 06:00-17:00, Sat 06:00-12:30",
        ),
        ({"1": "a", "2": "a", "4": "a"}, "Mon to Tue a, Thu a"),
    ],
)
def test_a_week_in_words(hours, words):
    assert week_words(hours) == words
