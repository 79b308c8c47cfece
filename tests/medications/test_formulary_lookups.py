"""What the formulary answers, at every edge, and what it must never say."""

from datetime import date
from decimal import Decimal

import pytest

from medications.formulary import buprenorphine as bup
from medications.formulary import methadone
from medications.formulary.buprenorphine import (
    brixadi_from,
    brixadi_monthly_for,
    brixadi_weekly_for,
    buprenorphine_after_missed,
    dose_prompts,
    is_brixadi_dose,
    zubsolv_for,
)
from medications.formulary.changes import transition
from medications.formulary.injections import (
    NoWindow,
    after_days,
    injection_window,
    is_kept_cold,
    sublocade_room_days,
    syringe_until,
)
from medications.formulary.lines import line, section, sections
from medications.formulary.methadone import (
    Again,
    Missed,
    NothingMissed,
    day_one_reasons,
    dose_in_words,
    methadone_after_missed,
    too_little,
    vomited,
)
from medications.formulary.reversal import default_product, reversal_products
from medications.formulary.urine import (
    Meaning,
    Result,
    detection,
    invalid_because,
    may_be_residual,
    meaning_of,
)
from medications.knowledge import knowledge


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
        ("days", "last", "step", "mg", "most"),
        [
            (1, 100, Missed.USUAL, 100, None),
            (2, 100, Missed.USUAL_AFTER_CHECK, 100, None),
            (3, 100, Missed.HOLD, 50, None),
            (4, 100, Missed.SEEN, 40, None),
            (4, 80, Missed.SEEN, 40, None),
            (4, 70, Missed.SEEN, 35, None),
            (5, 100, Missed.NEW_START, None, 30),
            (30, 100, Missed.NEW_START, None, 30),
        ],
    )
    def test_day_by_day(self, days, last, step, mg, most):
        found = methadone_after_missed(
            days=days, last_mg=Decimal(last), day_of_treatment=100
        )

        assert (found.step, found.mg, found.most) == (step, mg, most)
        assert found.line.key == step.value
        assert found.review is None

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
            (1, False, bup.Missed.USUAL),
            (3, False, bup.Missed.USUAL),
            (4, False, bup.Missed.LOWER),
            (6, False, bup.Missed.LOWER),
            (7, False, bup.Missed.NEW_START),
            (1, True, bup.Missed.NEW_START),
            (1, None, bup.Missed.ASK),
            (6, None, bup.Missed.ASK),
            (7, None, bup.Missed.NEW_START),
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
        with pytest.raises(bup.NothingMissed):
            buprenorphine_after_missed(days=0, last_mg=Decimal(16), full_agonist=False)


GIVEN = date(2026, 11, 2)


class TestWindows:
    @pytest.mark.parametrize(
        ("product", "number", "earliest", "due", "latest"),
        [
            ("BRIXADI_W", 0, "2026-11-07", "2026-11-09", "2026-11-11"),
            ("BRIXADI_M", 0, "2026-11-23", "2026-11-30", "2026-12-07"),
            ("SUBLOCADE", 1, "2026-11-09", "2026-12-02", "2026-12-02"),
            ("SUBLOCADE", 2, "2026-11-28", "2026-11-30", "2026-12-14"),
            ("SUBLOCADE", 7, "2026-11-28", "2026-11-30", "2026-12-14"),
            ("NTX_XR", 0, "2026-11-30", "2026-11-30", "2026-12-07"),
        ],
    )
    def test_of_each_product(self, product, number, earliest, due, latest):
        found = injection_window(product, GIVEN, dose_number=number)

        days = [d.isoformat() for d in (found.earliest, found.due, found.latest)]
        assert days == [earliest, due, latest]
        assert found.line.cites

    @pytest.mark.parametrize("product", ["MTD", "BUP_SL", "NTX_PO"])
    def test_of_nothing_else(self, product):
        with pytest.raises(NoWindow):
            injection_window(product, GIVEN)
        with pytest.raises(NoWindow):
            after_days(product, 30)

    @pytest.mark.parametrize(
        ("product", "days", "key"),
        [
            ("SUBLOCADE", 25, "too_early"),
            ("SUBLOCADE", 26, "give"),
            ("SUBLOCADE", 42, "give"),
            ("SUBLOCADE", 43, "assess"),
            ("SUBLOCADE", 56, "assess"),
            ("SUBLOCADE", 57, "restart"),
            ("NTX_XR", 27, "too_early"),
            ("NTX_XR", 28, "give"),
            ("NTX_XR", 35, "give"),
            ("NTX_XR", 36, "restart"),
            ("BRIXADI_W", 9, "weekly"),
            ("BRIXADI_W", 10, "missed"),
            ("BRIXADI_M", 35, "monthly"),
            ("BRIXADI_M", 36, "missed"),
        ],
    )
    def test_a_late_injection(self, product, days, key):
        assert after_days(product, days).key == key

    def test_a_pharmacy_syringe_lasts_45_days(self):
        assert syringe_until(date(2026, 11, 1)) == date(2026, 12, 16)


class TestStorage:
    @pytest.mark.parametrize(
        ("product", "cold"),
        [
            ("SUBLOCADE", True),
            ("NTX_XR", True),
            ("BRIXADI_W", False),
            ("BRIXADI_M", False),
        ],
    )
    def test_which_is_kept_cold(self, product, cold):
        assert is_kept_cold(product) is cold

    def test_sublocade_out_of_the_cold_goes_by_its_carton(self):
        assert sublocade_room_days(84) == 84
        assert sublocade_room_days(None) == 7

    def test_the_disagreement_on_it_is_shown(self):
        said = [x.text for x in section("sublocade", "storage").lines]

        assert len([text for text in said if "Sources disagree" in text]) == 2


class TestTransitions:
    @pytest.mark.parametrize(
        ("from_", "to", "found"),
        [
            ("MTD", "BUP_SL", ["mtd_bup_sl"]),
            ("MTD", "BUP_COMBO", ["mtd_bup_sl"]),
            ("MTD", "SUBLOCADE", ["mtd_bup_xr"]),
            ("MTD", "NTX_XR", ["agonist_ntx"]),
            ("BUP_SL", "MTD", ["bup_sl_mtd"]),
            ("BUP_MONO", "SUBLOCADE", ["bup_sl_sublocade"]),
            ("BUP_SL", "BRIXADI_M", ["bup_sl_brixadi"]),
            ("BUP_SL", "BUP_XR", ["bup_sl_sublocade", "bup_sl_brixadi"]),
            ("SUBLOCADE", "BUP_SL", ["bup_xr_bup_sl"]),
            ("BRIXADI_W", "NTX_XR", ["depot_ntx"]),
            ("NTX_XR", "MTD", ["ntx_xr_agonist"]),
            ("NTX_XR", "BUP_SL", ["ntx_xr_agonist"]),
            ("NTX_PO", "BUP_SL", ["ntx_po_agonist"]),
            ("BRIXADI_W", "BRIXADI_M", ["weekly_monthly"]),
            ("BRIXADI_M", "BRIXADI_W", ["monthly_weekly"]),
            ("MTD", "MTD", []),
        ],
    )
    def test_the_rule_of_a_change(self, from_, to, found):
        assert keys(transition(from_, to)) == found

    def test_leaving_methadone_for_buprenorphine_starts_at_30_to_40_mg(self):
        row = transition("MTD", "BUP_SL")[0]

        assert (row["low"], row["high"], row["cows"]) == (30, 40, 13)


class TestReversal:
    def test_naloxone_4_mg_in_the_nose_is_the_default(self):
        assert (default_product()["mg"], default_product()["otc"]) == (4, True)

    @pytest.mark.parametrize(
        ("age", "nalmefene"), [(11, False), (12, True), (None, False)]
    )
    def test_nalmefene_from_age_12(self, age, nalmefene):
        found = keys(reversal_products(age=age))

        assert ("opvee" in found and "zurnai" in found) is nalmefene
        assert "narcan" in found


class TestUrine:
    @pytest.mark.parametrize(
        ("analyte", "found"),
        [
            ("eddp", ["methadone"]),
            ("norbuprenorphine", ["buprenorphine"]),
            ("fentanyl", ["fentanyl", "fentanyl_regular"]),
            ("xylazine", ["not_on_panels"]),
            ("caffeine", []),
        ],
    )
    def test_what_is_known_of_an_analyte(self, analyte, found):
        assert keys(detection(analyte)) == found

    @pytest.mark.parametrize(
        ("analyte", "days", "residual"),
        [
            ("fentanyl", 28, True),
            ("norfentanyl", 5, True),
            ("fentanyl", 29, False),
            ("cocaine", 5, False),
        ],
    )
    def test_fentanyl_may_be_left_over(self, analyte, days, residual):
        found = may_be_residual(analyte, days_since_last_use=days)

        assert bool(found) is residual

    @pytest.mark.parametrize(
        ("measured", "against"),
        [
            ({"celsius": Decimal(32), "creatinine": Decimal(20), "ph": Decimal(3)}, []),
            ({"celsius": Decimal(38), "ph": Decimal(11)}, []),
            ({"celsius": Decimal("31.9")}, ["temperature"]),
            ({"celsius": Decimal("38.1")}, ["temperature"]),
            ({"creatinine": Decimal("19.9")}, ["dilute"]),
            ({"creatinine": Decimal(2)}, ["dilute"]),
            ({"creatinine": Decimal("1.9")}, ["substituted"]),
            ({"ph": Decimal("2.9")}, ["ph"]),
            ({"ph": Decimal("11.1")}, ["ph"]),
            ({}, []),
        ],
    )
    def test_a_specimen_is_held_against_its_limits(self, measured, against):
        assert keys(invalid_because(**measured)) == against


class TestWhatAResultMeans:
    @pytest.mark.parametrize(
        ("result", "meaning"),
        [
            ({"present": True, "is_prescribed": True}, Meaning.EXPECTED),
            ({"present": False, "is_prescribed": False}, Meaning.EXPECTED),
            ({"present": True, "is_prescribed": False}, Meaning.PRESENT),
            ({"present": False, "is_prescribed": True}, Meaning.ABSENT),
            ({"present": None, "is_prescribed": True}, Meaning.NOT_TESTED),
            ({"present": None, "is_prescribed": False}, Meaning.NOT_TESTED),
        ],
    )
    def test_beside_what_was_prescribed(self, result, meaning):
        assert meaning_of(Result(**result)) is meaning

    def test_an_invalid_specimen_says_nothing(self):
        found = Result(present=False, is_prescribed=True, is_valid=False)

        assert meaning_of(found) is Meaning.INVALID

    @pytest.mark.parametrize("present", [True, False])
    def test_a_disputed_screen_waits_for_confirmation(self, present):
        found = Result(present=present, is_prescribed=not present, is_disputed=True)

        assert meaning_of(found) is Meaning.CONFIRM

    def test_a_disputed_definitive_result_stands(self):
        found = Result(
            present=True, is_prescribed=False, is_screen=False, is_disputed=True
        )

        assert meaning_of(found) is Meaning.PRESENT

    def test_what_is_expected_needs_no_confirmation(self):
        found = Result(present=True, is_prescribed=True, is_disputed=True)

        assert meaning_of(found) is Meaning.EXPECTED

    def test_methadone_without_eddp_is_confirmed(self):
        found = Result(present=True, is_prescribed=True, lacks_metabolite=True)

        assert meaning_of(found) is Meaning.CONFIRM


def every_text():
    said = [x.text for part in sections().values() for x in part.lines]
    return said + [f"{c['then']} {c['when']}" for c in knowledge().rules.values()]


class TestCommonMistakes:
    """Reference 0.3: what is often wrong elsewhere and must not be built."""

    @pytest.mark.parametrize(
        ("mg", "asked"),
        [
            (24, []),
            (25, ["document"]),
            (32, ["document"]),
            (33, ["document", "confirm"]),
        ],
    )
    def test_24_mg_of_buprenorphine_is_no_maximum(self, mg, asked):
        prompts = dose_prompts(Decimal(mg))

        assert keys(prompts) == asked
        assert all("maximum" not in p.text or "no maximum" in p.text for p in prompts)

    def test_the_first_dose_of_30_mg_is_the_labels_not_the_regulations(self):
        limit = line("methadone", "first_day", "first_dose")

        assert not any(source.startswith("cfr") for source in limit.cites)
        assert "no regulation" in limit.text

    def test_50_mg_on_day_1_may_be_passed_with_a_reason(self):
        limit = line("methadone", "first_day", "regulation_total")

        assert limit["above"] == 50
        assert "cfr-42-8-12" in limit.cites

    def test_brixadi_is_not_160_mg(self):
        assert is_brixadi_dose("BRIXADI_M", 128)
        assert not is_brixadi_dose("BRIXADI_M", 160)
        assert not is_brixadi_dose("BRIXADI_W", 64)

    @pytest.mark.parametrize("mg", [100, 300])
    def test_300_and_100_mg_are_sublocade_not_brixadi(self, mg):
        assert not is_brixadi_dose("BRIXADI_M", mg)
        assert mg in line("sublocade", "products", "strengths")["mg"]

    def test_brixadi_needs_one_test_dose_and_no_week(self):
        assert line("brixadi", "start", "test_dose")["mg"] == 4

    def test_brixadi_is_not_refrigerated(self):
        assert "do not refrigerate" in line("brixadi", "storage", "room").text

    def test_sublocade_goes_beyond_the_abdomen_and_needs_no_week(self):
        assert "thigh" in line("sublocade", "products", "sites").text
        assert "No week" in line("sublocade", "start", "test_dose").text

    def test_the_syringe_of_a_pharmacy_has_45_days_not_14(self):
        assert line("brixadi", "storage", "named")["days"] == 45

    def test_no_waiver_is_needed(self):
        said = [text for text in every_text() if "waiver" in text.lower()]

        assert said
        assert all("no waiver" in text for text in said)

    def test_ritonavir_lowers_methadone(self):
        sets = knowledge().ingredients

        assert "ritonavir" in sets["arv_mtd_down"]["names"]
        assert "ritonavir" not in sets["mtd_up"]["names"]

    def test_liver_disease_left_the_contraindications_of_vivitrol(self):
        said = line("naltrexone", "injection", "contraindications").text

        assert "no longer among them" in said

    def test_fentanyl_stays_longer_than_four_days(self):
        row = line("toxicology", "detection", "fentanyl_regular")

        assert (row["mean"], row["metabolite_mean"]) == (
            Decimal("7.3"),
            Decimal("13.3"),
        )
        assert (row["days"], row["metabolite_days"]) == (19, 26)

    def test_no_low_dose_schedule_is_standard(self):
        assert (
            "no schedule is standard" in line("buprenorphine", "first_day", "low").text
        )

    def test_no_year_of_use_and_no_earlier_attempts_are_asked_for(self):
        wrong = ("year of addiction", "two attempts", "detoxification attempts")
        assert not [t for t in every_text() if any(w in t.lower() for w in wrong)]

    def test_a_taper_is_never_proposed_for_a_test(self):
        assert "never proposed" in line("duration", "duration", "never").text

    def test_there_is_no_longest_treatment(self):
        assert "no maximum" in line("duration", "duration", "no_maximum").text


def test_methadone_missed_table_has_a_row_for_every_step():
    rows = section(methadone.BOOK, "missed")

    assert all(rows.line(step.value) for step in Missed)
