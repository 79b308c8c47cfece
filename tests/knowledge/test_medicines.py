"""Medicines are data: each once, and one more entry is found wherever one is named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assessments.facts import FACTS
from knowledge.medicines import first_medicines, medicines

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def places():
    """Where an invented product is found, asked in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.knowledge.invented_product"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    return json.loads(told.stdout)


class TestAnInventedProduct:
    def test_is_an_option_with_its_name_and_what_it_is_a_form_of(self, places):
        assert places["option"] == "Lunadepot"
        assert places["parent"] == "BUP_XR"

    def test_is_a_way_of_its_column_and_of_the_aid(self, places):
        assert places["column"] == ["Lunadepot, every 2 weeks"]
        assert places["aid"] == ["BUP_XR"]

    @pytest.mark.parametrize(
        "place", ["rules", "decide", "log", "regimen", "event", "decision"]
    )
    def test_has_its_name_in_forms_and_records(self, places, place):
        assert places[place] == "Lunadepot, injection every 2 weeks"

    def test_is_read_where_somebody_names_it(self, places):
        assert places["wish"] == "LUNADEPOT"
        assert places["brand"] == ["buprenorphine"]

    def test_fills_the_facts_of_its_ingredient_and_form(self, places):
        assert places["facts"] == [
            "injection_day",
            "last_bup_xr_drug",
            "last_bup_xr_dt",
            "med_list",
        ]

    def test_is_owed_again_by_its_window(self, places):
        assert places["window"] == [14]

    def test_has_its_line_on_the_axis(self, places):
        assert places["axis"] == ["Lunadepot"]

    def test_is_part_of_the_edition(self, places):
        assert places["edition"] is True


@pytest.mark.parametrize("one", list(medicines()), ids=lambda one: one.key)
class TestEveryMedicine:
    def test_has_every_name(self, one):
        assert one.name
        assert one.spoken
        assert one.way
        assert one.line

    def test_is_a_form_of_one_that_there_is(self, one):
        assert not one.parent or one.parent in medicines()

    def test_fills_a_fact_that_there_is(self, one):
        assert not one.dose_fact or one.dose_fact in FACTS

    def test_speaks_both_languages_or_neither(self, one):
        for words in (one.plain, one.how, one.pick):
            assert set(words) in (set(), {"en", "es"})


def test_no_word_means_two_medicines():
    words = [word for one in medicines() for word in one.words]

    assert len(words) == len(set(words))


def test_editions_of_before_hold_the_medicines_of_then():
    assert first_medicines().keys == (
        *("MTD", "BUP_SL", "BUP_MONO", "BUP_COMBO", "BUP_LOW", "BUP_XR"),
        *("SUBLOCADE", "BRIXADI_W", "BRIXADI_M", "NTX_XR", "NTX_PO"),
    )
