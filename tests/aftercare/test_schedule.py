"""What a signed plan promises: each window at its first and last day."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from aftercare.schedule.model import Course
from aftercare.schedule.otp import random_day
from aftercare.schedule.plan import promised
from hypothesis import given
from hypothesis import strategies as st

from knowledge.months import months_later
from knowledge.schedule.choices import injection_choices, plan_choices
from knowledge.schedule.injections import NoWindow, injection_window
from knowledge.schedule.steps import OwnerRole

SIGNED = dt.date(2026, 11, 21)
COURSE = Course("p7", "v1", SIGNED, "BUP_SL", SIGNED)
OTP = replace(COURSE, medication="MTD", admitted_on=SIGNED, is_otp=True)


def days(course, kind):
    """Due days of one kind, counted from the signature."""
    return [(one.due - SIGNED).days for one in of_kind(course, kind)]


def of_kind(course, kind):
    return [one for one in promised(course) if one.kind == kind]


def window(one, first=SIGNED):
    return tuple((day - first).days for day in (one.earliest, one.due, one.latest))


class TestContacts:
    def test_first_days_on_buprenorphine(self):
        titles = [one.title for one in of_kind(COURSE, "contact")][:3]

        assert titles == [
            "Call or visit, day 1",
            "Call or visit, day 2",
            "Call or visit, day 3",
        ]
        assert days(COURSE, "contact")[:4] == [0, 1, 2, 7]

    def test_first_week_on_methadone_is_daily(self):
        assert days(OTP, "contact")[:8] == [0, 1, 2, 3, 4, 5, 6, 7]
        assert "sedation check" in of_kind(OTP, "contact")[0].title

    def test_without_a_first_dose_there_is_no_first_week(self):
        course = replace(COURSE, medication=None, started_on=None)

        assert days(course, "contact")[0] == 7

    def test_grow_rarer_with_time(self):
        assert days(COURSE, "contact")[3:] == [
            *(7, 14, 21, 28),
            *(42, 56, 70, 84),
            *(112, 140, 168),
        ]

    def test_a_later_plan_of_the_same_start_goes_on_monthly(self):
        later = replace(COURSE, signed_on=SIGNED + dt.timedelta(days=170), plan="v2")

        assert days(later, "contact") == [170, 210, 240, 270, 300, 330]

    def test_the_same_contact_has_the_same_key_in_the_next_plan(self):
        later = replace(COURSE, signed_on=SIGNED + dt.timedelta(days=50), plan="v2")
        first = {one.key for one in of_kind(COURSE, "contact")}
        again = {
            one.key
            for one in of_kind(later, "contact")
            if one.due <= SIGNED + dt.timedelta(days=168)
        }

        assert again <= first

    def test_a_window_that_has_begun_is_cut_to_the_signature(self):
        later = replace(COURSE, signed_on=SIGNED + dt.timedelta(days=43))

        first = of_kind(later, "contact")[0]
        assert window(first) == (43, 43, 45)


class TestKit:
    def test_is_handed_over_at_the_signature(self):
        kit = of_kind(COURSE, "naloxone_handover")[0]

        assert window(kit) == (0, 0, 3)
        assert kit.role is OwnerRole.CARE_MANAGER
        assert kit.cite == "C96"


class TestMeasuresAndReviews:
    def test_measures_at_weeks_4_8_and_12_every_90_days_and_yearly(self):
        at = {
            occasion: [
                (one.due - SIGNED).days
                for one in of_kind(COURSE, "measures")
                if one.occasion == occasion
            ]
            for occasion in ("first_weeks", "every_90_days", "yearly")
        }

        assert at == {
            "first_weeks": [28, 56, 84],
            "every_90_days": [90, 180, 270, 360],
            "yearly": [365],
        }

    def test_each_window_of_measures(self):
        first = {one.occasion: one for one in reversed(of_kind(COURSE, "measures"))}

        assert window(first["first_weeks"]) == (25, 28, 35)
        assert window(first["every_90_days"]) == (76, 90, 104)
        assert window(first["yearly"]) == (335, 365, 395)
        assert {one.cite for one in first.values()} == {"A18"}

    def test_measures_go_on_from_the_start_in_the_next_plan(self):
        later = replace(COURSE, signed_on=SIGNED + dt.timedelta(days=200), plan="v2")
        before = {one.key for one in of_kind(COURSE, "measures")}
        again = of_kind(later, "measures")

        assert [(one.due - SIGNED).days for one in again] == [
            *(270, 360, 365),
            *(450, 540),
        ]
        assert {one.key for one in again[:3]} <= before

    def test_what_is_not_measures_has_no_occasion(self):
        assert {one.occasion for one in promised(OTP) if one.kind != "measures"} == {""}

    def test_reviews_every_90_days_in_the_first_year(self):
        assert days(COURSE, "plan_review") == [90, 180, 270, 360]

    @pytest.mark.parametrize(
        ("in_care", "reviews"),
        [
            pytest.param(364, [90, 270], id="last day of the first year"),
            pytest.param(365, [180, 360], id="first day of the second"),
        ],
    )
    def test_then_every_180(self, in_care, reviews):
        course = replace(COURSE, admitted_on=SIGNED - dt.timedelta(days=in_care))

        assert days(course, "plan_review") == reviews


class TestProgram:
    def test_an_office_owes_none_of_it(self):
        office = replace(OTP, is_otp=False)

        assert {one.kind for one in promised(office)} == {
            "contact",
            "measures",
            "naloxone_handover",
            "plan_review",
        }

    def test_without_an_admission_day_nothing_can_be_counted(self):
        assert of_kind(replace(OTP, admitted_on=None), "full_exam") == []

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("full_exam", (0, 14, 14)),
            ("admission_assessment", (0, 14, 14)),
            ("admission_labs", (0, 14, 14)),
            ("yearly_exam", (335, 365, 365)),
        ],
    )
    def test_deadlines_after_admission(self, kind, expected):
        assert window(of_kind(OTP, kind)[0]) == expected

    def test_a_deadline_still_holds_on_its_last_day(self):
        course = replace(OTP, admitted_on=SIGNED - dt.timedelta(days=14))

        assert window(of_kind(course, "full_exam")[0]) == (0, 0, 0)

    def test_a_deadline_that_passed_becomes_a_look_into_the_record(self):
        course = replace(OTP, admitted_on=SIGNED - dt.timedelta(days=15))
        exam = of_kind(course, "full_exam")[0]

        assert window(exam) == (0, 0, 14)
        assert exam.title.startswith("Check the record: Full in-person")
        assert "Was due 20 Nov 2026." in exam.reason

    def test_take_home_ladder_on_treatment_days_15_and_31(self):
        assert days(OTP, "take_home_review") == [14, 30]

    def test_no_ladder_for_buprenorphine(self):
        assert of_kind(replace(OTP, medication="BUP_SL"), "take_home_review") == []


class TestDrugTests:
    def test_eight_in_any_first_year_each_in_its_own_part(self):
        tests = of_kind(OTP, "drug_test")

        assert len(tests) == 8
        assert all(a.latest < b.earliest for a, b in pairwise(tests))
        assert tests[0].earliest == SIGNED
        assert (tests[-1].latest - SIGNED).days == 364

    def test_days_are_the_same_each_time_and_differ_between_people(self):
        other = replace(OTP, patient="p8")

        assert days(OTP, "drug_test") == days(OTP, "drug_test")
        assert days(OTP, "drug_test") != days(other, "drug_test")

    def test_go_on_in_later_years(self):
        course = replace(OTP, admitted_on=SIGNED - dt.timedelta(days=800))
        tests = of_kind(course, "drug_test")

        assert 8 <= len(tests) <= 9
        assert all(one.latest >= SIGNED for one in tests)

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
        course = replace(COURSE, medication="SUBLOCADE")

        assert of_kind(course, "injection")[0].title.startswith(
            "Sublocade, injection 2"
        )
        assert days(course, "injection_reminder") == [26]

    def test_the_window_follows_what_was_given(self):
        given = (SIGNED - dt.timedelta(days=35), SIGNED - dt.timedelta(days=5))
        course = replace(COURSE, medication="SUBLOCADE", injections=given)

        injection = of_kind(course, "injection")[0]
        assert window(injection) == (21, 23, 37)
        assert injection.key.endswith(":injection:3")

    def test_a_weekly_injection_needs_no_day_26(self):
        course = replace(COURSE, medication="BRIXADI_W")

        assert of_kind(course, "injection_reminder") == []

    def test_none_is_promised_before_the_first_or_without_a_window(self):
        assert (
            of_kind(replace(COURSE, medication="NTX_XR", started_on=None), "injection")
            == []
        )
        assert of_kind(COURSE, "injection") == []
        assert of_kind(replace(COURSE, medication=None), "injection") == []


courses = st.builds(
    Course,
    patient=st.just("p1"),
    plan=st.just("v1"),
    signed_on=st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)),
    medication=st.sampled_from(
        [
            None,
            "MTD",
            "BUP_SL",
            "SUBLOCADE",
            "BRIXADI_W",
            "BRIXADI_M",
            "NTX_XR",
            "NOT_NOW",
        ]
    ),
    started_on=st.one_of(
        st.none(), st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
    ),
    admitted_on=st.one_of(
        st.none(), st.dates(dt.date(2022, 1, 1), dt.date(2028, 12, 31))
    ),
    is_otp=st.booleans(),
)


class TestEveryCourse:
    @given(courses)
    def test_windows_are_in_order_and_begin_at_the_signature(self, course):
        for one in promised(course):
            assert course.signed_on <= one.earliest <= one.due <= one.latest

    @pytest.mark.parametrize("medication", ["MTD", "BUP_SL", "SUBLOCADE", "NTX_XR"])
    def test_one_that_begins_on_29_february(self, medication):
        day = dt.date(2028, 2, 29)
        course = Course("p1", "v1", day, medication, day, admitted_on=day, is_otp=True)

        days = [(one.earliest, one.due, one.latest) for one in promised(course)]

        assert len(days) > 20
        assert all(day <= one[0] <= one[1] <= one[2] for one in days)

    @given(courses)
    def test_no_key_stands_twice(self, course):
        keys = [one.key for one in promised(course)]

        assert len(keys) == len(set(keys))

    @given(courses)
    def test_each_is_cited_and_fits_its_columns(self, course):
        for one in promised(course):
            assert one.cite
            assert one.verified.startswith("[")
            assert len(one.key) <= 120
            assert len(one.kind) <= 40
            assert len(one.title) <= 160
            assert len(one.reason) <= 300
            assert len(one.cite) <= 40
            assert len(one.verified) <= 60

    @given(courses)
    def test_same_in_same_out(self, course):
        assert promised(course) == promised(course)


class TestChosenByTheClinic:
    """Days that a clinic signed for itself, where the knowledge lets it choose."""

    def test_reviews_come_when_the_clinic_says(self):
        course = replace(COURSE, chosen={"review_first_year": 60})

        assert days(course, "plan_review")[:2] == [60, 120]

    def test_an_injection_is_due_when_the_clinic_says_within_its_window(self):
        first = replace(COURSE, medication="SUBLOCADE", injections=(SIGNED,))
        [shipped] = of_kind(first, "injection")
        [own] = of_kind(replace(first, chosen={"SUBLOCADE_second": 14}), "injection")
        [remind] = of_kind(
            replace(first, chosen={"SUBLOCADE_second": 14}), "injection_reminder"
        )

        assert (shipped.due - SIGNED).days == 28
        assert (own.due - SIGNED).days == 14
        assert (own.earliest, own.latest) == (shipped.earliest, shipped.latest)
        assert remind.due == own.due

    def test_every_choice_is_a_number_that_ships(self):
        everything = {**plan_choices(), **injection_choices()}

        assert set(everything) == {
            *("review_first_year", "review_later", "SUBLOCADE_second"),
        }
        assert all(one.permitted.allows(one.days) for one in everything.values())
