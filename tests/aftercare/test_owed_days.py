"""Days of single promises: windows, choices of a clinic, leap days, columns."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.models import FollowUp
from aftercare.owed.owed import owed
from aftercare.owed.program import random_day
from aftercare.owed.state import ClinicState, EpisodeState, PlanState, TreatmentState
from knowledge.months import months_later
from knowledge.schedule.choices import injection_choices, plan_choices
from knowledge.schedule.injections import NoWindow, injection_window
from tests.aftercare.test_owed import (
    DAY,
    ON_BUP,
    ON_MTD,
    SIGNED,
    days,
    done,
    of_kind,
    states,
)


def window(one, first=SIGNED):
    return tuple((day - first).days for day in (one.earliest, one.due, one.latest))


def on_depot(medication, *given_on):
    treatment = TreatmentState(
        medication=medication, started_on=SIGNED, injections=given_on or (SIGNED,)
    )
    return replace(ON_BUP, treatment=treatment)


class TestProgram:
    def test_a_deadline_still_holds_on_its_last_day_and_stays_once_it_is_over(self):
        for day in (14, 15):
            [exam] = of_kind(ON_MTD, "full_exam", day)
            assert window(exam) == (0, 14, 14)
            assert exam.severity == "federal"

    def test_an_examination_keeps_it(self):
        assert not of_kind(done(ON_MTD, "exam", 10), "full_exam", 20)

    def test_take_home_ladder_on_treatment_days_15_and_31(self):
        assert days(ON_MTD, "take_home_review") == [14, 30]

    def test_no_ladder_for_buprenorphine_and_nothing_of_a_program_elsewhere(self):
        on_bup = replace(ON_BUP, clinic=ClinicState(is_otp=True))
        assert of_kind(on_bup, "take_home_review") == []
        assert of_kind(ON_BUP, "drug_test") == []

    def test_days_of_tests_are_the_same_each_time_and_differ_between_people(self):
        other = replace(ON_MTD, patient="8")

        assert days(ON_MTD, "drug_test") == days(ON_MTD, "drug_test")
        assert days(ON_MTD, "drug_test") != days(other, "drug_test")

    @given(st.text(), st.integers(0, 60))
    def test_a_random_day_stays_in_its_window(self, seed, width):
        closes = SIGNED + dt.timedelta(days=width)

        assert SIGNED <= random_day(seed, SIGNED, closes) <= closes


class TestInjections:
    @pytest.mark.parametrize(
        ("medication", "given", "expected"),
        [
            pytest.param("BRIXADI_W", 1, (5, 7, 9), id="weekly, 2 days either side"),
            pytest.param(
                "BRIXADI_M", 1, (21, 28, 35), id="monthly, a week either side"
            ),
            pytest.param("SUBLOCADE", 1, (7, 28, 30), id="second: 1 week to 1 month"),
            pytest.param("SUBLOCADE", 2, (26, 28, 42), id="then 26 days at least"),
            pytest.param("NTX_XR", 1, (28, 28, 35), id="every 4 weeks"),
            pytest.param("NTX_XR", 5, (28, 28, 35), id="and again"),
        ],
    )
    def test_next_window(self, medication, given, expected):
        last = tuple(SIGNED - dt.timedelta(days=28 * n) for n in reversed(range(given)))

        assert window(injection_window(medication, last)) == expected

    def test_other_medicines_have_none(self):
        for product in ("MTD", "BUP_XR"):
            with pytest.raises(NoWindow):
                injection_window(product, (SIGNED,))

    @pytest.mark.parametrize(
        ("day", "next_month"),
        [
            (dt.date(2026, 11, 21), dt.date(2026, 12, 21)),
            (dt.date(2026, 12, 31), dt.date(2027, 1, 31)),
            (dt.date(2027, 1, 31), dt.date(2027, 2, 28)),
            (dt.date(2028, 1, 31), dt.date(2028, 2, 29)),
            (dt.date(2028, 2, 29), dt.date(2028, 3, 29)),
            (dt.date(2027, 3, 31), dt.date(2027, 4, 30)),
        ],
    )
    def test_a_month_later(self, day, next_month):
        assert months_later(day, 1) == next_month

    @pytest.mark.parametrize(
        ("years", "day"),
        [
            (1, dt.date(2029, 2, 28)),
            (2, dt.date(2030, 2, 28)),
            (4, dt.date(2032, 2, 29)),
            (72, dt.date(2100, 2, 28)),
        ],
    )
    def test_years_after_29_february(self, years, day):
        assert months_later(dt.date(2028, 2, 29), 12 * years) == day

    def test_the_start_counts_as_the_first(self):
        [second] = of_kind(on_depot("SUBLOCADE"), "injection")

        assert second.title.startswith("Sublocade, injection 2")
        assert days(on_depot("SUBLOCADE"), "injection_reminder") == [26]

    def test_the_window_follows_what_was_given(self):
        given = (SIGNED - 35 * DAY, SIGNED - 5 * DAY)

        [injection] = of_kind(on_depot("SUBLOCADE", *given), "injection")
        assert window(injection) == (21, 23, 37)

    def test_a_weekly_injection_needs_no_day_26(self):
        assert of_kind(on_depot("BRIXADI_W"), "injection_reminder") == []

    def test_none_before_the_first_or_without_a_window(self):
        assert of_kind(ON_BUP, "injection") == []
        assert of_kind(ON_MTD, "injection") == []


class TestMeasures:
    def test_at_weeks_4_8_and_12_every_90_days_and_yearly(self):
        at = {
            occasion: {
                (one.due - SIGNED).days
                for day in (0, 40)
                for one in of_kind(ON_BUP, "measures", day)
                if one.occasion == occasion
            }
            for occasion in ("first_weeks", "every_90_days", "yearly")
        }

        assert at == {
            "first_weeks": {28, 56, 84},
            "every_90_days": {90},
            "yearly": {365},
        }

    def test_counted_from_the_last_time_all_of_it_was_given(self):
        state = ON_BUP
        for key in ("bam", "barc10", "tea", "peg"):
            state = done(state, f"instrument:{key}", 100)

        due = [
            (one.due - SIGNED).days
            for one in of_kind(state, "measures", 100)
            if one.occasion == "every_90_days"
        ]
        assert due == [190]


@pytest.mark.parametrize("medication", ["MTD", "BUP_SL", "SUBLOCADE", "NTX_XR"])
def test_care_that_begins_on_29_february(medication):
    day = dt.date(2028, 2, 29)
    state = replace(
        ON_MTD,
        episode=EpisodeState(number=1, referred_on=day, admitted_on=day),
        plan=PlanState(key="3", version=1, signed_on=day),
        treatment=TreatmentState(
            medication=medication, started_on=day, injections=(day,)
        ),
    )

    found = owed(state, today=day)

    assert len(found) > 10
    assert all(one.earliest <= one.due <= one.latest for one in found)


@given(states())
def test_each_is_cited_and_fits_its_columns(told):
    state, today = told
    columns = ("key", "kind", "title", "cite", "verified")
    widths = {name: FollowUp._meta.get_field(name).max_length for name in columns}
    for one in owed(state, today=today):
        assert one.cite
        assert one.verified.startswith("[")
        for name, width in widths.items():
            assert len(getattr(one, name)) <= width


@given(states())
def test_same_in_same_out(told):
    state, today = told

    assert owed(state, today=today) == owed(state, today=today)


class TestChosenByTheClinic:
    """Days that a clinic signed for itself, where the knowledge lets it choose."""

    def chosen(self, state, **numbers):
        return replace(state, clinic=replace(state.clinic, chosen=numbers))

    def test_reviews_come_when_the_clinic_says(self):
        state = self.chosen(ON_BUP, review_first_year=60)

        assert days(state, "plan_review") == [60]
        assert days(done(state, "plan_review", 60), "plan_review", 60) == [120]

    def test_tests_come_when_the_clinic_says(self):
        [test] = of_kind(self.chosen(ON_MTD, drug_test_window=20), "drug_test")

        assert (test.latest - SIGNED).days == 20

    def test_an_injection_is_due_when_the_clinic_says_within_its_window(self):
        first = on_depot("SUBLOCADE")
        own_days = self.chosen(first, SUBLOCADE_second=14)
        [shipped] = of_kind(first, "injection")
        [own] = of_kind(own_days, "injection")
        [remind] = of_kind(own_days, "injection_reminder")

        assert (shipped.due - SIGNED).days == 28
        assert (own.due - SIGNED).days == 14
        assert (own.earliest, own.latest) == (shipped.earliest, shipped.latest)
        assert remind.due == own.due

    def test_every_choice_is_a_number_that_ships(self):
        everything = {**plan_choices(), **injection_choices()}

        assert {"review_first_year", "review_later", "horizon", "SUBLOCADE_second"} <= {
            *everything
        }
        assert all(one.permitted.allows(one.days) for one in everything.values())
