"""Facts, days and amounts in the words of the screens."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from assessments.facts import NEVER, NEVER_ON, Trial
from reports.chart.fact_values import shown_value
from reports.chart.words import day_named, day_words
from tests.conftest import NOON

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("alone", True, "Yes"),
        ("alone", False, "No"),
        ("age", 34, "34 years"),
        ("housing", "shared_room", "shared room"),
        (
            "mental",
            frozenset({"depression", "anxiety_panic"}),
            "anxiety panic, depression",
        ),
        ("mental", frozenset(), "None"),
        ("last_short_acting_dt", NEVER, "Never"),
        ("moud_stop", NEVER_ON, "Never"),
        ("moud_stop", dt.date(2026, 11, 2), "Mon 2 Nov 2026"),
    ],
)
def test_a_fact(name, value, words):
    assert shown_value(name, value) == words


def test_a_moment_is_told_in_the_time_of_the_clinic():
    with timezone.override(ZoneInfo("America/New_York")):
        shown = shown_value("last_short_acting_dt", NOON, NOON.date())
        assert shown == "Sat 21 Nov, 12:00"


def test_a_moment_of_another_year_says_so():
    before = NOON.replace(year=2024)

    assert shown_value("last_short_acting_dt", before, NOON.date()).startswith(
        "Thu 21 Nov 2024"
    )


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        pytest.param(
            Trial("MTD", days=Decimal(90), helpful=True, dose=Decimal("80.0")),
            "Methadone, 80 mg, 90 days, helped",
            id="all told",
        ),
        pytest.param(
            Trial("NTX_XR", helpful=False, doses=Decimal(2)),
            "Naltrexone XR, injection, 2 injections, did not help",
            id="injections",
        ),
        pytest.param(
            Trial("other"), "other, not said whether it helped", id="nothing but a name"
        ),
    ],
)
def test_an_earlier_treatment(trial, words):
    assert shown_value("history", (trial,)) == words


@pytest.mark.parametrize(
    ("value", "at", "words"),
    [
        (NOON.date(), NOON, "today"),
        (NOON + DAY, NOON, "tomorrow"),
        (NOON.date() + 5 * DAY, NOON, "Thu 26 Nov"),
        (dt.date(2027, 1, 4), NOON, "Mon 4 Jan 2027"),
        (dt.date(2024, 11, 21), NOON, "Thu 21 Nov 2024"),
    ],
)
def test_a_day(value, at, words):
    assert day_words(value, at) == words


def test_a_day_by_its_name():
    assert day_named(NOON, NOON) == "Sat 21 Nov"
    assert day_named(dt.date(2024, 11, 21), NOON) == "Thu 21 Nov 2024"
