"""Windows of injections, storage and changes, at every edge."""

from datetime import date

import pytest

from knowledge.formulary.injections import (
    after_days,
    is_kept_cold,
    sublocade_room_days,
    syringe_until,
)
from knowledge.formulary.lines import section
from knowledge.formulary.transitions import transition
from knowledge.schedule.injections import NoWindow, injection_window


def keys(lines):
    return [found.key for found in lines]


GIVEN = date(2026, 11, 2)


class TestWindows:
    @pytest.mark.parametrize(
        ("product", "number", "earliest", "due", "latest"),
        [
            ("BRIXADI_W", 1, "2026-11-07", "2026-11-09", "2026-11-11"),
            ("BRIXADI_M", 1, "2026-11-23", "2026-11-30", "2026-12-07"),
            ("SUBLOCADE", 1, "2026-11-09", "2026-11-30", "2026-12-02"),
            ("SUBLOCADE", 2, "2026-11-28", "2026-11-30", "2026-12-14"),
            ("SUBLOCADE", 7, "2026-11-28", "2026-11-30", "2026-12-14"),
            ("NTX_XR", 1, "2026-11-30", "2026-11-30", "2026-12-07"),
        ],
    )
    def test_of_each_product(self, product, number, earliest, due, latest):
        found = injection_window(product, (GIVEN,) * number)

        days = [d.isoformat() for d in (found.earliest, found.due, found.latest)]
        assert days == [earliest, due, latest]
        assert found.rule.cites

    @pytest.mark.parametrize("product", ["MTD", "BUP_SL", "NTX_PO"])
    def test_of_nothing_else(self, product):
        with pytest.raises(NoWindow):
            injection_window(product, (GIVEN,))
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
