"""What is often wrong elsewhere and must not be built (reference 0.3)."""

from decimal import Decimal

import pytest

from knowledge.editions import knowledge
from knowledge.formulary.buprenorphine import (
    dose_prompts,
    is_brixadi_dose,
)
from knowledge.formulary.lines import line, sections


def keys(lines):
    return [found.key for found in lines]


def every_text():
    said = [x.text for part in sections().values() for x in part.lines]
    return said + [f"{c.then} {c.when}" for c in knowledge().rules.values()]


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

        assert "ritonavir" in sets["arv_mtd_down"].names
        assert "ritonavir" not in sets["mtd_up"].names

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
