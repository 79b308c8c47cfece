"""Each score's course in words, and its answers side by side."""

import datetime as dt

import pytest
from django.http import QueryDict

from knowledge.change import change_figures
from reports.progress.model import ProgressStory
from reports.progress.query import MOST_SHOWN, asked
from reports.progress.score_changes import (
    answers_of,
    courses_of,
    moved_words,
    result_words,
)
from reports.progress.series import series_of
from tests.assessments.change.points import course, point

TODAY = dt.date(2026, 11, 21)


def only(points):
    (found,) = courses_of(points)
    return found


def test_the_first_of_its_kind_has_nothing_to_compare():
    found = only(course("phq9", 16, band="moderately severe"))

    assert found.now == "16, moderately severe"
    assert (found.since_last, found.since_first, found.apart) == (None, None, "")


def test_since_the_last_and_since_the_first():
    found = only(course("phq9", 18, 9, 13))

    assert found.since_last.words == "4 points up, below 5 points"
    assert (found.since_last.way, found.since_last.on) == ("", dt.date(2026, 5, 11))
    assert found.since_first.words == "5 points down, important"
    assert found.since_first.way == "better"
    assert (found.since_first.css, found.since_first.icon) == ("is-done", "check")


def test_two_scores_are_compared_once():
    found = only(course("phq9", 18, 9))

    assert found.since_last.milestones == ("response",)
    assert found.since_first is None


def test_each_figure_says_whether_it_was_reached():
    held = only(course("phq9", 18, 13)).since_last.held

    assert {one.figure.key: one.is_reached for one in held} == {
        "phq9-important": True,
        "phq9-reliable": False,
        "phq9-percent": True,
        "phq9-item9": False,
    }
    assert all(one.figure.source and one.figure.tag for one in held)


def test_what_is_not_alike_says_why():
    points = [point("phq9", 16), point("phq9", 12, day=3, mode="self")]
    found = only(points)

    assert found.apart == "not compared with 4 May: given another way"
    assert found.since_last is None


def test_what_is_alike_further_back_is_compared_all_the_same():
    points = [*course("phq9", 16, 12), point("phq9", 9, day=9, mode="self")]
    again = point("phq9", 8, day=20)
    found = only([*points, again])

    assert found.apart == "not compared with 13 May: given another way"
    assert found.since_last.on == dt.date(2026, 5, 11)
    assert found.since_first.on == dt.date(2026, 5, 4)


def test_each_part_has_its_own_course():
    points = [
        point("bam", day=n, parts={"use": 2, "risk": risk, "protective": 12})
        for n, risk in enumerate((9, 14))
    ]
    found = courses_of(points)

    assert [one.title for one in found] == ["BAM use", "BAM risk", "BAM protective"]
    assert [one.now for one in found] == ["2", "14", "12"]
    assert found[1].since_last.way == "worse"


def test_a_trend_needs_three():
    assert only(course("phq9", 18, 12)).trend == ""
    assert only(course("phq9", 18, 14, 9)).trend == "improving over 3 scores"
    assert only(course("phq9", 18, 9, 12)).trend == ""


def test_without_figures_only_the_step_is_told():
    found = only(course("dast10", 3, 5))

    assert found.since_last.words == "2 points up; no figure says how much counts"
    assert found.since_last.held == ()


def test_a_screen_says_that_it_has_no_change_score():
    assert (
        only(course("pc_ptsd5", 3, 5)).unscored is change_figures().unscored["pc_ptsd5"]
    )


def test_the_latest_given_stands_first():
    points = [*course("phq9", 18, 9), point("peg", 6, day=40)]

    assert [one.instrument for one in courses_of(points)] == ["peg", "phq9"]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (point("phq9", 13, band="moderate"), "13, moderate"),
        (point("cssrs", band="low"), "low"),
        (point("phq9"), "no total"),
        (point("peg", "6.0"), "6"),
    ],
)
def test_results_in_words(one, words):
    assert result_words(one) == words


PROMPTS = [
    ("interest", "Little interest", {0: "Not at all", 1: "Several days", 2: "More"}),
    ("mood", "Feeling down", {0: "Not at all", 1: "Several days", 2: "More"}),
    ("sleep", "Too little sleep", {0: "Not at all", 1: "Several days", 2: "More"}),
]


def answered(day, **items):
    return point("phq9", 9, day=day, items=items)


def test_answers_beside_those_before_and_those_of_the_start():
    points = [
        answered(0, interest=0, mood=2, sleep=1),
        answered(7, interest=1, mood=1, sleep=None),
        answered(14, interest=2, mood=0, sleep=1),
    ]
    found = answers_of(points, PROMPTS)

    assert [(a.now, a.before, a.first, a.moved) for a in found] == [
        ("More", "Several days", "Not at all", 1),
        ("Not at all", "Several days", "More", -1),
        ("Several days", None, "Several days", 0),
    ]


def test_the_first_is_not_shown_twice():
    points = [answered(0, mood=1), answered(7, mood=2)]

    assert answers_of(points, PROMPTS)[1].first is None
    assert answers_of(points[:1], PROMPTS)[1].before is None


def test_what_rose_is_named():
    points = [answered(0, interest=1, mood=1), answered(7, interest=2, mood=0)]
    named = [(key, prompt) for key, prompt, _ in PROMPTS]

    assert moved_words(points, named, up=True) == "little interest rose"
    assert moved_words(points, named, up=False) == "feeling down fell"
    assert moved_words(points[:1], named, up=True) == ""
    assert moved_words([points[0], points[0]], named, up=True) == ""


@pytest.fixture
def story():
    points = [*course("phq9", 18, 9), *course("gad7", 9, 8), *course("peg", 6, 6, 5)]
    return ProgressStory(TODAY, dt.date(2026, 5, 4), series_of(points, [], zone=dt.UTC))


def told(text, story):
    return asked(QueryDict(text), story)


def test_usually_what_is_looked_at_most_since_admission(story):
    found = told("", story)

    assert found.keys == ("phq9",)
    assert found.preset == "admission"
    assert found.span.holds(dt.date(2026, 5, 4))
    assert found.span.holds(TODAY)


def test_without_the_usual_what_was_given_most(story):
    bare = ProgressStory(TODAY, None, tuple(s for s in story.series if s.key != "phq9"))

    assert told("", bare).keys == ("peg", "gad7")
    assert told("", bare).preset == "all"


ASKED = [
    ("show=gad7&show=peg", ("gad7", "peg")),
    ("show=peg&show=gad7", ("gad7", "peg")),
    ("show=", ()),
    ("show=nothing-of-this-name", ()),
    ("show=%00", ()),
]


@pytest.mark.parametrize(("text", "keys"), ASKED)
def test_series_by_key(text, keys, story):
    assert told(text, story).keys == keys


DAYS = [
    ("from=2026-06-01&to=2026-06-30", 30),
    ("from=2026-06-30&to=2026-06-01", 30),
    ("from=2026-06-01&to=2026-06-01", 7),
]


@pytest.mark.parametrize(("text", "days"), DAYS)
def test_days(text, days, story):
    found = told(text, story)

    assert (found.span.days, found.preset) == (days, "")


NONSENSE = [
    "from=2026-06-01",
    "from=yesterday&to=today",
    "from=0001-01-01&to=9999-12-31",
    "from=2026-02-30&to=2026-03-01",
    "from=%00&to=x",
    "range=century",
    "from=%D9%A2%D9%A0%D9%A2%D9%A6-06-01&to=2026-06-30",
]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_counts_as_not_said(text, story):
    assert told(text, story) == told("", story)


def test_a_chip_turns_a_series_on_and_off(story):
    found = told("show=peg&range=90&rows=all", story)

    assert found.toggled("phq9").keys == ("peg", "phq9")
    assert found.toggled("peg").keys == ()
    assert found.toggled("peg").query == "show=&range=90&rows=all"
    assert told(found.query, story) == found


def test_the_address_keeps_the_days(story):
    found = told("show=peg&from=2026-06-01&to=2026-06-30", story)

    assert found.query == "show=peg&from=2026-06-01&to=2026-06-30"


def test_no_more_series_than_can_be_told_apart(story):
    found = told("show=", story)
    for number in range(MOST_SHOWN + 3):
        found = found.toggled(f"series{number}")

    assert len(found.keys) == MOST_SHOWN
