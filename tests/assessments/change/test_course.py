"""Baseline, off track and trend: whose score is held against which."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.change.comparing import compare
from assessments.change.course import (
    label,
    off_track,
    since_baseline,
    since_last,
    trend,
)
from assessments.change.grounds import Direction
from assessments.change.points import baseline
from knowledge.change import By, change_figures
from tests.assessments.change.points import course, point

UNHURRIED = settings(deadline=None)


def test_the_first_score_is_the_baseline():
    points = course("phq9", 16, 12, 9)

    assert baseline(points).total == 16


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param({"in_withdrawal": True}, 12, id="taken in withdrawal"),
        pytest.param({"version": "0"}, 12, id="another version"),
        pytest.param({"mode": "self"}, 12, id="another mode"),
        pytest.param({"look_back": "7 days"}, 12, id="another look-back"),
        pytest.param({"total": None}, 12, id="without a result"),
        pytest.param({}, 16, id="as it should be"),
    ],
)
def test_what_is_no_baseline(first, expected):
    before = point(**{"instrument": "phq9", "total": 16, **first})

    assert baseline([before, *later(12, 9)]).total == expected


def later(*totals):
    return [point("phq9", total, day=7 + n, pk=n) for n, total in enumerate(totals)]


def test_withdrawal_itself_begins_with_its_first_score():
    points = course("cows", 14, 8, in_withdrawal=True)

    assert baseline(points).total == 14


def test_nothing_is_no_baseline():
    assert baseline([]) is None
    assert since_baseline([]) is None
    assert since_last([]) is None
    assert off_track([]) is None
    assert label([]) == ""
    assert trend([]) is None


def test_a_baseline_is_not_compared_with_itself():
    only = course("phq9", 16)

    assert since_baseline(only) is None
    assert since_last(only) is None
    assert off_track(only) is None


def test_the_newest_is_held_against_the_first_and_the_last():
    points = course("phq9", 16, 9, 13)

    assert since_baseline(points).before.total == 16
    assert since_last(points).before.total == 9


OFF = [
    pytest.param("phq9", (8, 13), True, id="PHQ-9 up 5"),
    pytest.param("phq9", (8, 12), False, id="PHQ-9 up 4"),
    pytest.param("phq9", (10, 12), False, id="20% up is not the table's own figure"),
    pytest.param("phq9", (16, 9, 14), False, id="worse than last, not than the first"),
    pytest.param("gad7", (6, 10), True, id="GAD-7 up 4"),
    pytest.param("gad7", (6, 9), False, id="GAD-7 up 3"),
    pytest.param("peg", (5, 6), True, id="PEG up 1"),
    pytest.param("barc10", (50, 46), True, id="BARC-10 down 4, below 47"),
    pytest.param("barc10", (52, 49), False, id="BARC-10 down 3"),
    pytest.param("cows", (5, 30), False, id="COWS without a dose"),
    pytest.param("pc_ptsd5", (0, 5), False, id="a screen"),
    pytest.param("dast10", (0, 9), False, id="no figure"),
]


@pytest.mark.parametrize(("instrument", "totals", "is_off"), OFF)
def test_off_track(instrument, totals, is_off):
    assert (off_track(course(instrument, *totals)) is not None) is is_off


def test_a_first_score_in_withdrawal_does_not_hide_a_worsening():
    points = [
        point("phq9", 20, in_withdrawal=True),
        point("phq9", 8, day=7),
        point("phq9", 14, day=14),
    ]

    assert off_track(points).before.total == 8


def levels(*bands):
    return [point("cssrs", band=band, day=n) for n, band in enumerate(bands)]


def test_a_risen_level_counts_against_the_last_one_too():
    assert off_track(levels("high", "low", "moderate")).before.band == "low"
    assert off_track(levels("high", "moderate", "low")) is None


def test_new_use_counts_against_the_last_one_too():
    points = [
        point("bam", items={"drug_days": days}, day=n)
        for n, days in enumerate((3, 0, 1))
    ]

    assert off_track(points).part("use").words.startswith("use reported, none before")


def test_points_of_another_sort_are_left_out():
    points = [point("phq9", 4, mode="self"), point("phq9", 14, day=7)]

    assert off_track(points) is None


LABELS = [
    ((16,), ""),
    ((16, 11), "improving"),
    ((16, 14), ""),
    ((10, 16), "getting worse"),
]


@pytest.mark.parametrize(("totals", "words"), LABELS)
def test_two_points_may_be_called_improving(totals, words):
    assert label(course("phq9", *totals)) == words


def test_parts_that_part_are_mixed():
    points = [
        point("tea", parts={"health": 5, "lifestyle": 5}),
        point("tea", parts={"health": 7, "lifestyle": 3}, day=1),
    ]

    assert label(points) == "mixed"


TRENDS = [
    ((16, 11), None),
    ((16, 13, 10), "improving over 3 scores"),
    ((16, 16, 10), "improving over 3 scores"),
    ((16, 18, 10), "no steady trend over 3 scores"),
    ((16, 15, 14), "no steady trend over 3 scores"),
    ((8, 11, 14), "getting worse over 3 scores"),
    ((20, 16, 13, 10), "improving over 3 scores"),
    ((16, None, 13), None),
]


@pytest.mark.parametrize(("totals", "words"), TRENDS)
def test_three_points_make_a_trend(totals, words):
    found = trend(course("phq9", *totals))

    assert (found and found.words) == words


def test_the_trend_of_a_part():
    points = [
        point("bam", parts={"risk": risk}, day=n) for n, risk in enumerate((15, 12, 9))
    ]

    assert trend(points, "risk").direction == Direction.BETTER
    assert trend(points, "use") is None


def test_without_figures_there_is_no_steady_trend():
    assert trend(course("dast10", 9, 6, 3)).direction == Direction.NONE


# Instruments with one number and no condition on doses.
NUMBERED = [
    measure
    for measure in change_figures().measures
    if not measure.part and measure.lowest is not None and measure.is_symptom
]


@st.composite
def pairs(draw):
    measure = draw(st.sampled_from(NUMBERED))
    values = st.integers(int(measure.lowest), int(measure.highest))
    return measure, draw(values), draw(values)


def held(measure, was, now):
    """The change, and of its grounds those that count points or cross a line."""
    found = compare(
        point(measure.instrument, was), point(measure.instrument, now, day=7)
    ).part()
    same_size = {
        ground.figure.key
        for ground in found.grounds
        if ground.figure.by in (By.POINTS, By.LINE)
    }
    return found, same_size


@UNHURRIED
@given(pairs())
def test_the_way_back_counts_as_much(pair):
    measure, was, now = pair
    there, grounds = held(measure, was, now)
    back, same = held(measure, now, was)

    assert back.direction == there.direction.back
    assert same == grounds
    assert back.moved == -there.moved


@UNHURRIED
@given(pairs())
def test_a_bigger_step_the_same_way_never_counts_less(pair):
    measure, was, now = pair
    end = measure.highest if now > was else measure.lowest
    less, more = held(measure, was, now)[0], held(measure, was, int(end))[0]

    assert {g.figure.key for g in less.grounds} <= {g.figure.key for g in more.grounds}


@UNHURRIED
@given(pairs())
def test_direction_and_flags_agree(pair):
    found, _ = held(*pair)

    assert found.counts is bool(found.reliable or found.important)
    assert found.counts <= (found.direction != Direction.NONE)
    assert {g.direction for g in found.grounds} <= {found.direction}


@UNHURRIED
@given(st.lists(st.integers(0, 27), min_size=1, max_size=8), st.randoms())
def test_the_order_in_which_points_are_told_is_irrelevant(totals, rng):
    points = course("phq9", *totals)
    mixed = list(points)
    rng.shuffle(mixed)

    for ask in (baseline, off_track, since_last, since_baseline, label, trend):
        assert ask(mixed) == ask(points)


@UNHURRIED
@given(st.lists(st.integers(0, 27), min_size=2, max_size=6))
def test_off_track_means_worse_than_the_first(totals):
    found = off_track(course("phq9", *totals))

    assert (found is not None) is (totals[-1] - totals[0] >= 5)


def test_back_of_mixed_is_mixed():
    assert Direction.MIXED.back is Direction.MIXED
