"""Windows of injections, storage and changes, at every edge."""

from datetime import date

import pytest

from knowledge.formulary.lines import line, section
from knowledge.schedule.injections import NoWindow, injection_window

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


class TestStorage:
    def test_the_disagreement_on_it_is_shown(self):
        said = [x.text for x in section("sublocade", "storage").lines]

        assert len([text for text in said if "Sources disagree" in text]) == 2


def test_leaving_methadone_for_buprenorphine_starts_at_30_to_40_mg():
    row = line("transitions", "between", "mtd_bup_sl")

    assert (row["low"], row["high"], row["cows"]) == (30, 40, 13)
