"""Days and amounts read the same wherever they stand."""

import datetime as dt
from decimal import Decimal

import pytest

from knowledge.wording.amounts import amount, days_ago, listed, milligrams
from knowledge.wording.dates import day_named, day_words, moment_named, short_day

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY, "today"),
        (dt.date(2026, 11, 22), "tomorrow"),
        (dt.date(2026, 11, 20), "Fri 20 Nov"),
        (dt.date(2024, 11, 21), "Thu 21 Nov 2024"),
        (dt.date(2027, 1, 4), "Mon 4 Jan 2027"),
    ],
)
def test_a_day(day, words):
    assert day_words(day, TODAY) == words


def test_the_year_stands_wherever_it_is_another_one():
    assert day_named(TODAY, TODAY) == "Sat 21 Nov"
    assert day_named(TODAY, None) == "Sat 21 Nov 2026"
    assert short_day(dt.date(2024, 2, 9), TODAY) == "9 Feb 2024"


def test_a_moment_keeps_its_own_clock():
    moment = dt.datetime(2026, 11, 20, 19, 28, tzinfo=dt.UTC)

    assert moment_named(moment, TODAY) == "Fri 20 Nov, 19:28"


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), ("85.00", "85"), ("0.50", "0.5"), ("100", "100")],
)
def test_an_amount(value, words):
    assert amount(None if value is None else Decimal(value)) == words


def test_doses_days_and_lists():
    assert milligrams(Decimal("85.00")) == " 85 mg"
    assert milligrams(None) == ""
    assert (days_ago(1), days_ago(4)) == ("yesterday", "4 days ago")
    assert listed(["daily", "", "day 3"]) == "daily, day 3"
