"""Going through instruments page by page, alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.self_report import answer_pages
from assessments.self_report.wording import LANGUAGES, WORDS, words_in
from knowledge.instruments.declaration import Danger
from knowledge.instruments.questionnaire import (
    PAGE_ITEMS,
    closed,
    dangerous_answers,
    dangers,
    pages,
    progress,
    read_one,
    read_page,
    values_of,
    with_answers,
)
from knowledge.instruments.reading import NotAllowed
from knowledge.instruments.registry import find, instruments

ALONE = sorted(k for k, one in instruments().items() if not one.staff_only)


def names(keys, said):
    return [page.name for page in pages(keys, said)]


@pytest.mark.parametrize("key", ALONE)
def test_every_question_comes_once_and_few_at_a_time(key):
    every = pages([key], {})
    asked = [item.key for page in every for item in page.items]

    assert len(asked) == len(set(asked))
    assert all(len(page.items) <= PAGE_ITEMS for page in every)
    scored = {item.key for item in find(key).items if not item.optional}
    assert scored <= set(asked)


def test_the_clinician_keeps_what_people_do_not_answer_alone():
    assert set(instruments()) - set(ALONE) == {"cows", "cssrs", "dsm5_oud", "ort_oud"}
    assert [k for k in ALONE if find(k).not_by_link] == ["ahc_hrsn"]


def test_a_gate_takes_needless_questions_away():
    before = progress(["pc_ptsd5"], {})
    after = progress(["pc_ptsd5"], {"pc_ptsd5": {"exposure": 0}})

    assert (before.answered, before.of) == (0, 6)
    assert (after.answered, after.of) == (1, 1)


def test_pages_keep_their_names_while_answers_open_and_close_others():
    closed_now = names(["taps"], {"taps": {"tobacco_year": 0, "alcohol_year": 0}})

    assert set(closed_now) <= set(names(["taps"], {}))


def test_what_was_answered_is_never_called_needless():
    values = values_of(find("pc_ptsd5"), {"pc_ptsd5": {"exposure": 0, "intrusion": 1}})

    assert "intrusion" not in closed(find("pc_ptsd5"), values)


def test_one_sheet_of_the_addiction_monitor_not_both():
    asked = [i.key for page in pages(["bam"], {}) for i in page.items]

    assert "opioid_days" in asked
    assert "main_drug_days" not in asked


class TestReading:
    def test_a_page_is_read_whole_and_left_out_is_none(self):
        page = pages(["phq2"], {})[0]

        assert read_page(page, {"phq2.interest": "2", "phq2.mood": ""}) == {
            "interest": 2,
            "mood": None,
        }

    def test_what_is_no_answer_is_refused(self):
        with pytest.raises(NotAllowed):
            read_page(pages(["phq2"], {})[0], {"phq2.interest": "7"})

    def test_one_answer_by_its_name(self):
        assert read_one(["phq2"], "phq2.mood", "3") == ("phq2", "mood", 3)

    @pytest.mark.parametrize(
        ("name", "raw"),
        [
            pytest.param("gad7.nervous", "1", id="not asked of this person"),
            pytest.param("phq2.nervous", "1", id="no such question"),
            pytest.param("phq2", "1", id="no question at all"),
            pytest.param("bam.main_drug_days", "1", id="not on this sheet"),
            pytest.param("phq2.mood", "9", id="no such answer"),
        ],
    )
    def test_anything_else_is_refused(self, name, raw):
        with pytest.raises(NotAllowed):
            read_one(["phq2", "bam"], name, raw)


class TestAnswers:
    def test_are_given_anew_and_taken_back(self):
        said = with_answers({}, "phq2", {"interest": 2, "mood": 1})
        said = with_answers(said, "phq2", {"interest": 3, "mood": None})

        assert said == {"phq2": {"interest": 3}}

    @given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3))))
    def test_never_change_what_was_said_before(self, steps):
        first = {"phq2": {"a": 1}}
        for item, code in steps:
            with_answers(first, "phq2", {item: code})

        assert first == {"phq2": {"a": 1}}


def test_danger_is_seen_among_the_answers():
    found = dangers(["phq9", "gad7"], {"phq9": {"self_harm": 1}})

    assert [one.danger for one in found] == [Danger.UNSCREENED]
    assert answer_pages.is_pressing(["phq9"], {"phq9": {"self_harm": 1}})
    assert not answer_pages.is_pressing(["phq9"], {"phq9": {"self_harm": 0}})


@pytest.mark.parametrize(
    ("is_tablet", "words"), [(False, "call or text 988"), (True, "staff")]
)
def test_where_help_is_comes_with_the_answer_that_needs_it(is_tablet, words):
    def told(code):
        said = {"phq9": {"self_harm": code}}
        keys = ["phq9"]
        return answer_pages.told_of_saving(keys, said, *keys, "en", is_tablet=is_tablet)

    assert words in told(1)["help"]
    assert "help" not in told(0)


class TestWays:
    KEYS = ("phq9", "gad7")

    @pytest.mark.parametrize(
        ("name", "go", "onward"),
        [
            ("phq9-1", "next", "phq9-2"),
            ("phq9-2", "next", "gad7-1"),
            ("gad7-2", "next", "review"),
            ("gad7-1", "back", "phq9-2"),
            ("phq9-1", "back", "phq9-1"),
            ("phq9-2", "es", "phq9-2"),
            ("nowhere", "next", "phq9-1"),
            ("review", "next", "review"),
        ],
    )
    def test_lead_on_and_back(self, name, go, onward):
        assert answer_pages.onward(self.KEYS, {}, name, go) == onward

    def test_an_unknown_page_is_the_first(self):
        context = answer_pages.context_of(self.KEYS, {}, "en", "nowhere")

        assert context["page"].name == "phq9-1"
        assert context["is_first"]

    def test_the_look_over_them_shows_what_is_missing(self):
        said = {"phq9": {"interest": 3}}
        context = answer_pages.context_of(self.KEYS, said, "es", "review")

        first, second, *_ = context["reviewed"]
        assert (first.words, second.words) == ("Casi todos los días", "")
        assert context["page"] is None

    def test_what_needs_no_answer_is_named_by_its_field(self):
        said = {"audit_c": {"frequency": 0}}

        assert answer_pages.needless("audit_c", said) == [
            "audit_c.six_or_more",
            "audit_c.typical_day",
        ]


def test_every_text_is_there_in_both_languages():
    for language in LANGUAGES:
        assert all(words_in(language).values())
    assert all(words.en != words.es for words in WORDS.values())


@pytest.mark.parametrize("key", ALONE)
def test_every_question_and_answer_has_spanish_words(key):
    for item in find(key).items:
        assert item.prompt.es
        assert item.prompt.es != item.prompt.en or item.prompt.en == "Alcohol"
        assert all(choice.words.es for choice in item.choices)


@pytest.mark.parametrize(
    ("key", "given", "shown"),
    [
        ("weekly", {"craving": 3, "use": 1, "talk": 1, "self_harm": 2}, ["self_harm"]),
        ("weekly", {"craving": 3, "talk": 1, "self_harm": 0}, []),
        ("phq9", {"mood": 3, "self_harm": 1}, ["self_harm"]),
        ("cssrs", {"wish": 1, "thoughts": 0, "plan": 1}, ["wish", "plan"]),
    ],
)
def test_answers_that_point_to_a_danger_are_those_its_sign_reads(key, given, shown):
    found = [one.prompt for one in dangerous_answers(key, given)]

    assert found == [find(key).item(item).prompt.en for item in shown]


def test_only_what_the_sign_of_danger_reads_points_to_a_danger():
    told = {"craving": 3, "self_harm": 1}
    assert [one.answer for one in dangerous_answers("weekly", told)] == ["Several days"]
    assert dangerous_answers("cows", {"pulse": 2}) == []
