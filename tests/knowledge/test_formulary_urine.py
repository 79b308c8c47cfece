"""Urine and reversal products, at every edge."""

from decimal import Decimal

import pytest

from knowledge.formulary.reversal import default_product, reversal_products
from knowledge.formulary.urine import (
    Meaning,
    UrineReading,
    detection,
    invalid_because,
    may_be_residual,
    meaning_of,
)


def keys(lines):
    return [found.key for found in lines]


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
        assert meaning_of(UrineReading(**result)) is meaning

    def test_an_invalid_specimen_says_nothing(self):
        found = UrineReading(present=False, is_prescribed=True, is_valid=False)

        assert meaning_of(found) is Meaning.INVALID

    @pytest.mark.parametrize("present", [True, False])
    def test_a_disputed_screen_waits_for_confirmation(self, present):
        found = UrineReading(
            present=present, is_prescribed=not present, is_disputed=True
        )

        assert meaning_of(found) is Meaning.CONFIRM

    def test_a_disputed_definitive_result_stands(self):
        found = UrineReading(
            present=True, is_prescribed=False, is_screen=False, is_disputed=True
        )

        assert meaning_of(found) is Meaning.PRESENT

    def test_what_is_expected_needs_no_confirmation(self):
        found = UrineReading(present=True, is_prescribed=True, is_disputed=True)

        assert meaning_of(found) is Meaning.EXPECTED

    def test_methadone_without_eddp_is_confirmed(self):
        found = UrineReading(present=True, is_prescribed=True, lacks_metabolite=True)

        assert meaning_of(found) is Meaning.CONFIRM
