"""Doses of methadone and daily buprenorphine, at every edge."""

from decimal import Decimal

import pytest

from knowledge.formulary import buprenorphine as bup
from knowledge.formulary import methadone
from knowledge.formulary.buprenorphine import (
    brixadi_from,
    brixadi_monthly_for,
    brixadi_weekly_for,
    buprenorphine_after_missed,
    zubsolv_for,
)
from knowledge.formulary.lines import section
from knowledge.formulary.methadone import (
    Again,
    Missed,
    NothingMissed,
    day_one_reasons,
    dose_in_words,
    methadone_after_missed,
    too_little,
    vomited,
)


def keys(lines):
    return [found.key for found in lines]


class TestFirstDayOfMethadone:
    @pytest.mark.parametrize(
        ("first", "total", "asked"),
        [
            (30, 30, []),
            (31, 31, ["first_dose"]),
            (30, 40, []),
            (30, 41, ["label_total"]),
            (31, 41, ["first_dose", "label_total"]),
            (30, 50, ["label_total"]),
            (30, 51, ["label_total", "regulation_total"]),
            (60, 60, ["first_dose", "label_total", "regulation_total"]),
        ],
    )
    def test_each_limit_passed_asks_for_a_reason(self, first, total, asked):
        reasons = day_one_reasons(first_mg=Decimal(first), total_mg=Decimal(total))

        assert keys(reasons) == asked

    def test_the_first_dose_is_the_total_where_there_is_no_other(self):
        assert keys(day_one_reasons(first_mg=Decimal(41))) == [
            "first_dose",
            "label_total",
        ]

    @pytest.mark.parametrize(
        ("mg", "ongoing", "asked"),
        [(59, True, True), (60, True, False), (59, False, False)],
    )
    def test_a_small_dose_with_ongoing_use_is_asked_about(self, mg, ongoing, asked):
        assert bool(too_little(Decimal(mg), ongoing_use=ongoing)) is asked


class TestMissedMethadone:
    @pytest.mark.parametrize(
        ("days", "last", "step", "least", "mg"),
        [
            (1, 100, Missed.USUAL, None, 100),
            (2, 100, Missed.USUAL_AFTER_CHECK, None, 100),
            (3, 90, Missed.HOLD, None, 45),
            (4, 90, Missed.SEEN, None, 40),
            (4, 80, Missed.SEEN, None, 40),
            (4, 70, Missed.SEEN, None, 35),
            (5, 90, Missed.NEW_START, None, 30),
            (7, 90, Missed.NEW_START, None, 30),
            (5, 50, Missed.NEW_START, None, 25),
            (8, 90, Missed.LOST, 2.5, 10),
            (30, 90, Missed.LOST, 2.5, 10),
            (3, 20, Missed.HOLD, None, 10),
            (5, 20, Missed.NEW_START, None, 10),
            (8, 20, Missed.LOST, 2.5, 10),
            (3, 10, Missed.HOLD, None, 5),
            (7, 10, Missed.NEW_START, None, 5),
            (8, 10, Missed.LOST, 2.5, 5),
        ],
    )
    def test_day_by_day(self, days, last, step, least, mg):
        found = methadone_after_missed(
            days=days, last_mg=Decimal(last), day_of_treatment=100
        )

        assert (found.step, found.least, found.mg) == (step, least, mg)
        assert found.line.key == step.value
        assert found.review is None

    def test_opioids_taken_daily_meanwhile_kept_tolerance(self):
        found = methadone_after_missed(days=8, last_mg=Decimal(90), other_opioids=True)

        assert (found.step, found.mg) == (Missed.NEW_START, 30)

    @pytest.mark.parametrize(("days", "mg"), [(4, 40), (5, 20), (8, 10)])
    def test_sedatives_age_lungs_or_liver_ask_for_less(self, days, mg):
        found = methadone_after_missed(days=days, last_mg=Decimal(90), is_careful=True)

        assert found.mg == mg

    @pytest.mark.parametrize("last", [1, 5, 10, 20, 45, 90, 160])
    @pytest.mark.parametrize("careful", [False, True])
    def test_more_days_never_propose_more_and_never_above_the_last(self, last, careful):
        found = [
            methadone_after_missed(days=n, last_mg=Decimal(last), is_careful=careful).mg
            for n in range(1, 12)
        ]

        assert found == sorted(found, reverse=True)
        assert found[0] <= last

    @pytest.mark.parametrize(
        ("day", "days", "review"),
        [(14, 2, True), (15, 2, False), (14, 1, False), (3, 4, True)],
    )
    def test_a_gap_early_in_treatment_is_reviewed(self, day, days, review):
        found = methadone_after_missed(
            days=days, last_mg=Decimal(60), day_of_treatment=day
        )

        assert bool(found.review) is review

    def test_no_proposal_where_nothing_was_missed(self):
        with pytest.raises(NothingMissed):
            methadone_after_missed(days=0, last_mg=Decimal(60), day_of_treatment=40)


def test_methadone_missed_table_has_a_row_for_every_step():
    rows = section(methadone.BOOK, "missed")

    assert all(rows.line(step.value) for step in Missed)


class TestVomitedDose:
    @pytest.mark.parametrize(
        ("minutes", "again"),
        [
            (0, Again.FULL),
            (14, Again.FULL),
            (15, Again.HALF),
            (30, Again.HALF),
            (31, Again.NONE),
        ],
    )
    def test_by_the_minute(self, minutes, again):
        found = vomited(minutes=minutes, was_seen=True, pregnant=False)

        assert found.again is again
        assert found.line.key == again.value

    def test_never_where_nobody_saw_it(self):
        found = vomited(minutes=1, was_seen=False, pregnant=False)

        assert (found.again, found.line.key) == (Again.NONE, "unseen")

    @pytest.mark.parametrize("pregnant", [True, None])
    def test_the_prescriber_decides_in_pregnancy_and_where_it_is_not_known(
        self, pregnant
    ):
        found = vomited(minutes=1, was_seen=True, pregnant=pregnant)

        assert found.again is Again.PRESCRIBER


@pytest.mark.parametrize(
    ("mg", "product", "words"),
    [
        (60, "concentrate", "60 mg (6 mL of 10 mg/mL)"),
        (2.5, "concentrate", "2.5 mg (0.25 mL of 10 mg/mL)"),
        (60, "solution_5", "60 mg (60 mL of 1 mg/mL)"),
        (30, "solution_10", "30 mg (15 mL of 2 mg/mL)"),
        (100, "concentrate", "100 mg (10 mL of 10 mg/mL)"),
    ],
)
def test_a_liquid_dose_is_never_only_millilitres(mg, product, words):
    assert dose_in_words(Decimal(str(mg)), product=product) == words


class TestZubsolv:
    @pytest.mark.parametrize(
        ("film", "tablet", "naloxone"),
        [
            (2, "1.4", "0.36"),
            (4, "2.9", "0.71"),
            (8, "5.7", "1.4"),
            (12, "8.6", "2.1"),
            (16, "11.4", "2.9"),
        ],
    )
    def test_by_the_table(self, film, tablet, naloxone):
        row = zubsolv_for(Decimal(film)).row

        assert row["zubsolv_mg"] == Decimal(tablet)
        assert row["zubsolv_naloxone_mg"] == Decimal(naloxone)

    @pytest.mark.parametrize(
        ("film", "neighbours"),
        [(6, ["4", "8"]), (1, ["2"]), (24, ["16"]), (3, ["2", "4"])],
    )
    def test_no_answer_off_the_table_but_its_neighbours(self, film, neighbours):
        found = zubsolv_for(Decimal(film))

        assert found.row is None
        assert keys(found.neighbours) == neighbours


class TestBrixadiFromDailyBuprenorphine:
    @pytest.mark.parametrize(
        ("daily", "weekly", "monthly"),
        [
            (2, 8, None),
            (6, 8, None),
            (8, 16, 64),
            (10, 16, 64),
            (12, 24, 96),
            (16, 24, 96),
            (18, 32, 128),
            (24, 32, 128),
        ],
    )
    def test_by_the_table(self, daily, weekly, monthly):
        row = brixadi_from(Decimal(daily)).row

        assert row["weekly"] == weekly
        assert row.numbers.get("monthly") == monthly

    @pytest.mark.parametrize(
        ("daily", "neighbours"),
        [
            (7, ["to_6", "8_to_10"]),
            (Decimal("6.1"), ["to_6", "8_to_10"]),
            (11, ["8_to_10", "12_to_16"]),
            (17, ["12_to_16", "18_to_24"]),
            (25, ["18_to_24"]),
            (32, ["18_to_24"]),
        ],
    )
    def test_no_answer_between_rows_but_the_neighbours(self, daily, neighbours):
        found = brixadi_from(Decimal(daily))

        assert found.row is None
        assert keys(found.neighbours) == neighbours

    def test_no_dose_is_no_row(self):
        assert brixadi_from(Decimal(0)).row is None

    @pytest.mark.parametrize(("weekly", "monthly"), [(16, 64), (24, 96), (32, 128)])
    def test_weekly_and_monthly_go_together(self, weekly, monthly):
        assert brixadi_monthly_for(weekly) == monthly
        assert brixadi_weekly_for(monthly) == weekly

    def test_the_smallest_weekly_dose_has_no_monthly_one(self):
        assert brixadi_monthly_for(8) is None
        assert brixadi_weekly_for(160) is None


class TestMissedBuprenorphine:
    @pytest.mark.parametrize(
        ("days", "agonist", "step"),
        [
            (1, False, bup.BuprenorphineMissed.USUAL),
            (3, False, bup.BuprenorphineMissed.USUAL),
            (4, False, bup.BuprenorphineMissed.LOWER),
            (6, False, bup.BuprenorphineMissed.LOWER),
            (7, False, bup.BuprenorphineMissed.NEW_START),
            (1, True, bup.BuprenorphineMissed.NEW_START),
            (1, None, bup.BuprenorphineMissed.ASK),
            (6, None, bup.BuprenorphineMissed.ASK),
            (7, None, bup.BuprenorphineMissed.NEW_START),
        ],
    )
    def test_by_days_and_other_opioids(self, days, agonist, step):
        found = buprenorphine_after_missed(
            days=days, last_mg=Decimal(16), full_agonist=agonist
        )

        assert found.step is step
        assert found.line.key == step.value

    @pytest.mark.parametrize(
        ("days", "last", "doses"),
        [(2, 24, [24]), (5, 24, [12, 8]), (5, 16, [8, 8]), (5, 8, [4]), (9, 16, [])],
    )
    def test_the_doses_that_the_table_names(self, days, last, doses):
        found = buprenorphine_after_missed(
            days=days, last_mg=Decimal(last), full_agonist=False
        )

        assert list(found.mg) == doses

    def test_no_proposal_where_nothing_was_missed(self):
        with pytest.raises(bup.NoBuprenorphineMissed):
            buprenorphine_after_missed(days=0, last_mg=Decimal(16), full_agonist=False)
