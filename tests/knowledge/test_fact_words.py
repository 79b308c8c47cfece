"""Every kind of fact reads the same on every surface."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from assessments.facts import FACTS, NEVER, NEVER_ON, FactKind, Trial
from knowledge.wording.facts import value_words
from medications.rules.fact_lines import value_words as on_decision_page
from plans.conditions import value_text
from reports.chart.fact_values import shown_value

MOMENT = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
KINDS = [
    ("alone", True, "Yes"),
    ("age", 34, "34 years"),
    ("alt", Decimal("85.50"), f"85.5 {FACTS['alt'].unit}"),
    ("last_short_acting_dt", NEVER, "Never"),
    ("moud_stop", NEVER_ON, "Never"),
    ("moud_stop", dt.date(2024, 11, 21), "Thu 21 Nov 2024"),
    ("last_short_acting_dt", MOMENT, "Sat 21 Nov 2026, 12:00"),
    ("housing", "shared_room", "shared room"),
    ("preference", frozenset({"NTX_XR"}), "Naltrexone XR, injection"),
    ("mental", frozenset({"b_c", "a"}), "a, b c"),
    ("mental", frozenset(), "None"),
    ("med_list", frozenset({"diazepam"}), "diazepam"),
    ("history", (Trial("MTD", helpful=True),), "Methadone, helped"),
    ("history", (), "None"),
    ("own_words", "Not daily.", "Not daily."),
]
# The same for every process, whatever the order of a set.
IDS = [f"{name}: {words}" for name, _, words in KINDS]


@pytest.mark.parametrize(("name", "value", "words"), KINDS, ids=IDS)
def test_on_every_surface(name, value, words):
    with timezone.override(dt.UTC):
        on_chart = shown_value(name, value)

    assert on_decision_page(name, value) == on_chart == words
    assert value_words(value, unit=FACTS[name].unit) == words


@pytest.mark.parametrize(("name", "value", "words"), KINDS, ids=IDS)
def test_in_a_sentence_of_the_plan(name, value, words):
    in_sentence = value_text(value)

    # The sentence names the unit itself.
    assert words.lower().startswith(in_sentence.lower())
    assert in_sentence != "Yes"


def test_no_kind_of_fact_is_left_out():
    assert {FACTS[name].kind for name, _, _ in KINDS} == set(FactKind)


def test_a_day_of_this_year_needs_none():
    assert value_words(MOMENT, today=MOMENT.date()) == "Sat 21 Nov, 12:00"
