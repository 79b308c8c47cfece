"""Leaving care: contacts afterwards, and what is no reason to leave."""

import datetime as dt

import pytest

from knowledge.schedule.leaving import (
    gap_between,
    is_return_to_use_alone,
    leaving_rules,
)


@pytest.mark.parametrize(
    "reason",
    [
        "Relapsed",
        "Return to use",
        "He is using again",
        "Using fentanyl, 3 positive tests",
        "Failed urine drug screens",
        "Tests were positive for cocaine twice",
    ],
)
def test_a_return_to_use_in_any_words_is_no_reason(reason):
    assert is_return_to_use_alone(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "Moved to Fresno for work",
        "Drew a knife in the lobby after a return to use",
        "Plan completed, own wish",
    ],
)
def test_another_reason_stands(reason):
    assert not is_return_to_use_alone(reason)


def test_contacts_go_on_for_a_year_and_then_yearly():
    contacts = leaving_rules().contacts

    assert contacts.days == (1, 3, 7, 14, 28, 60, 90, 180, 365)
    assert contacts.then_every == 365


@pytest.mark.parametrize(
    ("supply_until", "next_dose_on", "words"),
    [
        pytest.param("2026-12-04", "2026-12-02", "No gap", id="in time"),
        pytest.param("2026-12-04", "2026-12-05", "No gap", id="the day after"),
        pytest.param(
            "2026-12-04", "2026-12-06", "1 day without medicine", id="one day"
        ),
        pytest.param("2026-12-04", "2026-12-09", "4 days without medicine", id="more"),
        pytest.param(None, "2026-12-09", "Gap not known", id="no supply known"),
        pytest.param("2026-12-04", None, "Gap not known", id="no first dose known"),
    ],
)
def test_the_gap_is_counted_and_not_guessed(supply_until, next_dose_on, words):
    first, then = (
        dt.date.fromisoformat(day) if day else None
        for day in (supply_until, next_dose_on)
    )

    assert gap_between(first, then).words.startswith(words)
