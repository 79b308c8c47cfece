"""What must hold of every instrument's file."""

import re
from dataclasses import replace

import pytest

from knowledge.instruments.declaration import Context, Item
from knowledge.instruments.registry import find, instruments
from knowledge.instruments.rules import SCORING
from knowledge.instruments.titles import short_title
from knowledge.tables import BadTable, shaped, shipped

ALL = [pytest.param(one, id=key) for key, one in instruments().items()]
# What a scoring rule adds to answers and circumstances for flags to look at.
WORKED_OUT = {
    *("total", "prorated", "level", "from_frequency_alone", "near_miss"),
    "any_opioid",
}


@pytest.mark.parametrize("one", ALL)
class TestEveryFile:
    def test_groups_and_skips_name_its_own_items(self, one):
        groups = {
            name: keys
            for name, keys in one.groups.items()
            if not set(keys) <= one.groups.keys()
        }
        named = {key for keys in groups.values() for key in keys}
        skipped = {key for s in one.skips for key in (s.item, *s.closes)}

        assert named | skipped | set(one.reversed) <= set(one.item_keys)

    def test_flags_look_at_what_there_is(self, one):
        known = {
            *(*one.item_keys, *one.subscales, *WORKED_OUT),
            *(question.key for question in one.context),
        }

        for flag in one.flags.values():
            assert {condition.fact for condition in flag.when} <= known, flag
            assert flag.by_rule or flag.words, flag

    def test_bands_rise_and_have_names_of_their_own(self, one):
        lowest = [band.lowest for band in one.bands]

        assert lowest == sorted(set(lowest))
        assert len({band.name for band in one.bands}) == len(one.bands)

    def test_says_everything_in_two_languages(self, one):
        both = [one.title, one.look_back, *(i.prompt for i in one.items)]

        assert all(words.en and words.es for words in both)


def test_a_misspelt_entry_is_refused():
    item = {"key": "mood", "prompt": ["Mood", "Ánimo"], "choices": [], "optionl": True}

    with pytest.raises(BadTable, match="an item: optionl"):
        shaped(Item, item, "an item")


def test_every_rule_is_somebodys():
    assert {one.scoring for one in instruments().values()} == set(SCORING)


def test_every_set_of_answers_is_somebodys():
    shared = set(shipped()["answer_sets"])
    used = {
        name
        for table in shipped()["instruments"].values()
        for name in (table.get("answers"), *(i.get("answers") for i in table["items"]))
    }

    assert shared <= used


def test_two_questions_are_the_first_two_of_nine():
    assert repr(find("phq2").items) == repr(find("phq9").items[:2])


def test_an_answer_between_two_steps_takes_the_code_of_the_upper():
    pulse = find("cows").derivations[0]

    assert [pulse.derive(bpm) for bpm in (80, 81, 120, 121)] == [0, 1, 2, 4]


def test_no_bands_no_name():
    sheet = dict.fromkeys(find("tea").item_keys, 5)

    outcome = find("tea").rule(sheet, Context())

    assert (outcome.total, outcome.band) == (20, None)


def test_titles_that_staff_say():
    assert short_title("pc_ptsd5") == "PC-PTSD-5"
    assert short_title("no_longer_here") == "NO-LONGER-HERE"


def test_flag_words_stand_under_what_the_flag_says():
    flags = find("barc10").flags

    assert find("barc10").flag_words == {}
    assert re.search("{item}", flags["support"].says)
    assert not replace(flags["support"], when=()).is_raised({})
