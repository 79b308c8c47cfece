"""Leaving care: contacts afterwards, and what is no reason to leave."""

import pytest

from knowledge.schedule.leaving import is_return_to_use_alone, leaving_rules


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
