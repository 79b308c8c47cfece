"""Reference A18: which instruments are due on a day, and why."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scores.occasions import (
    Event,
    Known,
    every_90_days,
    first_weeks,
    measures_due,
)
from knowledge.instruments.registry import find, instruments
from knowledge.schedule.steps import measure_occasions

ASKED = {key: one.instruments for key, one in measure_occasions().items()}
INTAKE, AFTER_EVENT = ASKED["intake"], ASKED["after_event"]
EVERY_90_DAYS, YEARLY = ASKED["every_90_days"], ASKED["yearly"]
ON = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
ALL_GIVEN = dict.fromkeys([*INTAKE, "tea"], ON - DAY)


def due(on=ON, **known):
    return {one.instrument: one.why for one in measures_due(Known(**known), on=on)}


class TestIntake:
    def test_everything_is_due_before_anything_was_given(self):
        assert set(due(needs_screen=True)) == set(INTAKE)

    def test_the_suicide_screen_only_where_something_calls_for_it(self):
        assert "cssrs" not in due()

    def test_either_screen_for_substances_will_do(self):
        assert "dast10" not in due(last_given={"taps": ON})
        assert "dast10" not in due(last_given={"dast10": ON})

    @pytest.mark.parametrize(
        ("key", "known"),
        [("cows", {"uses_now": False}), ("peg", {"has_pain": False})],
    )
    def test_is_left_out_only_where_known_not_to_apply(self, key, known):
        assert key not in due(**known)
        assert key in due()

    def test_once_given_is_enough(self):
        assert due(last_given=ALL_GIVEN) == {}


class TestFirstWeeks:
    @pytest.mark.parametrize(
        ("days", "is_due"),
        [
            pytest.param(24, False, id="4 days before week 4"),
            pytest.param(25, True, id="window opens"),
            pytest.param(28, True, id="week 4"),
            pytest.param(35, True, id="last day"),
            pytest.param(36, False, id="window closed"),
            pytest.param(53, True, id="week 8 opens"),
            pytest.param(91, True, id="week 12, last day"),
            pytest.param(112, False, id="no week 16"),
        ],
    )
    def test_the_window_of_each_week(self, days, is_due):
        start = ON - days * DAY
        given = ALL_GIVEN | {"bam": start, "tea": start}
        found = due(last_given=given, started_on=start)

        assert ("tea" in found and found["tea"].startswith("week")) is is_due

    @pytest.mark.parametrize(("total", "is_due"), [(9, False), (10, True), (27, True)])
    def test_moods_again_only_where_they_were_raised(self, total, is_due):
        start = ON - 28 * DAY
        given = ALL_GIVEN | dict.fromkeys(["phq9", "gad7"], start)
        found = due(
            last_given=given,
            last_total={"phq9": total, "gad7": total},
            started_on=start,
        )

        assert ({"phq9", "gad7"} <= set(found)) is is_due

    def test_given_in_the_window_is_no_longer_due(self):
        start = ON - 28 * DAY

        assert "bam" not in due(last_given={"bam": ON - 3 * DAY}, started_on=start)

    def test_without_a_start_there_are_no_weeks(self):
        assert not any(why.startswith("week") for why in due().values())

    def test_an_unknown_total_is_not_a_raised_one(self):
        assert first_weeks(Known()) == ("bam", "tea")


class TestAgain:
    @pytest.mark.parametrize("key", EVERY_90_DAYS)
    @pytest.mark.parametrize(("days", "is_due"), [(89, False), (90, True), (400, True)])
    def test_every_90_days(self, key, days, is_due):
        assert (key in due(last_given=ALL_GIVEN | {key: ON - days * DAY})) is is_due

    @pytest.mark.parametrize("key", YEARLY)
    @pytest.mark.parametrize(("days", "is_due"), [(364, False), (365, True)])
    def test_yearly(self, key, days, is_due):
        assert (key in due(last_given=ALL_GIVEN | {key: ON - days * DAY})) is is_due

    def test_the_pain_scale_rests_where_there_is_no_pain(self):
        given = ALL_GIVEN | {"peg": ON - 200 * DAY}

        assert "peg" not in due(last_given=given, has_pain=False)
        assert "peg" in due(last_given=given, has_pain=None)
        assert "peg" not in every_90_days(Known(has_pain=False))
        assert "peg" in every_90_days(Known(has_pain=True))


class TestEvents:
    def test_four_instruments_after_a_return_to_use(self):
        event = Event("a return to use", ON - DAY)
        found = due(last_given=dict.fromkeys(ALL_GIVEN, ON - 2 * DAY), events=(event,))

        assert set(found) == set(AFTER_EVENT)
        assert set(found.values()) == {"after a return to use"}

    def test_what_was_given_since_is_not_due(self):
        event = Event("an overdose", ON - 5 * DAY)
        given = ALL_GIVEN | {"bam": ON - 5 * DAY, "cows": ON - 6 * DAY, "cssrs": ON}

        assert set(due(last_given=given, events=(event,))) == {"cows"}

    def test_the_newest_event_counts_and_one_to_come_does_not(self):
        events = (
            Event("an overdose", ON - 30 * DAY),
            Event("a return to use", ON - 2 * DAY),
            Event("a dream", ON + DAY),
        )
        found = due(last_given={}, events=events)

        assert found["cows"] == "after a return to use"


def test_each_is_named_once_by_what_presses_most():
    found = due(events=(Event("an overdose", ON),))

    assert found["phq9"] == "after an overdose"
    assert found["gad7"] == "not given yet"


def test_says_where_it_is_from():
    for one in measures_due(Known(), on=ON):
        assert (one.cite, one.verified) == ("A18", "[P]")


def test_every_instrument_it_names_is_declared():
    named = {*INTAKE, *EVERY_90_DAYS, *YEARLY, *AFTER_EVENT, "taps", "tea"}

    assert {find(key).key for key in named} == named


@given(
    st.dictionaries(
        st.sampled_from(sorted(instruments())),
        st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31)),
    ),
    st.none() | st.dates(dt.date(2025, 1, 1), ON),
)
def test_nothing_is_due_twice_nor_since_a_day_to_come(given_on, started_on):
    found = measures_due(Known(last_given=given_on, started_on=started_on), on=ON)

    assert len({one.instrument for one in found}) == len(found)
    assert all(one.since <= ON for one in found)
