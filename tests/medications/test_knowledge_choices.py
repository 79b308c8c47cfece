"""What a clinic may choose, and rules that were put right."""

import re
from datetime import date

import pytest

from knowledge.editions import build, knowledge
from knowledge.policy import Policy
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, put, says_of
from tests.medications.pictures import CLEAR, picture, state

TODAY = date(2026, 11, 22)
KNOWN = knowledge()
EDITION = KNOWN.on(TODAY)


def of(card_or_rule):
    return getattr(card_or_rule, "id", card_or_rule)


# A placeholder stands for anything within one sentence.
ANYTHING = r"(?:(?!\. ).)*?"
DATED = r"(?: Out of date: last known on .*\.)?"


def sentence(template):
    parts = re.split(r"\{[a-z_0-9]+\}", template)
    return ANYTHING.join(re.escape(part) for part in parts)


def matches(because, templates):
    one = "(?:" + "|".join(sentence(t) for t in templates) + ")"
    return re.fullmatch(f"{one}(?: {one})*{DATED}", because) is not None


POLICY_TAGS = [
    name
    for name, entry in KNOWN.parameters.items()
    if entry.values[-1].tag.startswith("[P]")
]


class TestWhatAClinicMayChoose:
    @pytest.mark.parametrize("name", POLICY_TAGS)
    def test_every_policy_number_is_the_clinics_to_choose(self, name):
        assert KNOWN.parameters[name].permitted is not None

    @pytest.mark.parametrize(
        "name", [n for n, e in KNOWN.parameters.items() if e.permitted is not None]
    )
    def test_what_ships_is_permitted_and_the_reason_is_given(self, name):
        entry, value = KNOWN.parameters[name], EDITION[name]
        allowed = entry.choice

        assert entry.permitted_because.endswith(".")
        assert allowed.allows(value)
        assert allowed.because == entry.permitted_because

    @pytest.mark.parametrize(
        ("name", "careful_end"),
        [
            ("withdrawal_cows", "high"),
            ("bup_xr_months", "low"),
            ("antagonist_udt_hours", "high"),
            ("ecg_after_change_days", "high"),
            ("platelets_low", "low"),
            ("sbp_low", "low"),
            ("hr_low", "low"),
            ("precipitated_cows_rise", "high"),
            ("methadone_missed_low_days", "high"),
            ("overdose_several", "high"),
            ("under_way_days", "low"),
            ("sedative_urine_days", "low"),
            ("ntx_block_tablet_hours", "low"),
            ("crisis_sbp", "high"),
            ("crisis_dbp", "high"),
            ("crisis_hr", "high"),
            ("age_could_be_pregnant_from", "high"),
            ("age_could_be_pregnant_to", "low"),
        ],
    )
    def test_a_stop_is_never_loosened(self, name, careful_end):
        assert EDITION[name] == getattr(KNOWN.parameters[name].choice, careful_end)

    def test_numbers_of_labels_are_not(self):
        for name in ("short_acting_days", "long_acting_days", "crcl_caution"):
            assert KNOWN.parameters[name].permitted is None

    def test_acute_hepatitis_may_be_made_a_contraindication(self):
        ill = picture({**CLEAR, "hepatitis": "acute"})
        raised = KNOWN.on(TODAY, Policy(numbers={"acute_liver_contraindicates": 1}))
        outcome = put("C36", RULES["C36"], FactReader(ill), raised)

        assert outcome.said.says == says_of(EDITION.cards["C36"].may_raise)
        assert Say("NTX_XR", Effect.CONTRAINDICATED) in outcome.said.says
        assert evaluate(ill).option("NTX_XR").standing is Standing.AVOID

    def test_an_ecg_may_be_asked_of_everybody(self):
        seen = picture({**CLEAR, "ecg_risk": "none", "mtd_dose": 0})
        for_all = KNOWN.on(TODAY, Policy(numbers={"ecg_for_all": 1}))

        assert put("C48", RULES["C48"], FactReader(seen), EDITION).said is None
        said = put("C48", RULES["C48"], FactReader(seen), for_all).said
        assert said.because.startswith("This clinic takes an ECG")
        assert matches(said.because, EDITION.cards["C48"].says)

    def test_a_risk_is_named_before_the_choice_of_the_clinic(self):
        for_all = KNOWN.on(TODAY, Policy(numbers={"ecg_for_all": 1}))
        look = FactReader(picture({"ecg_risk": "syncope"}))

        assert "syncope" in put("C48", RULES["C48"], look, for_all).said.because

    @pytest.mark.parametrize(
        ("score", "sign", "own", "waits"),
        [
            (8, True, 8, False),
            (8, False, 8, True),
            (8, True, 11, True),
            (11, False, 11, False),
            (11, False, 12, True),
            (12, False, 12, False),
            (12, False, 13, True),
        ],
    )
    def test_the_lowest_score_for_a_start_is_the_clinics(self, score, sign, own, waits):
        facts = FactReader(
            picture({"phys_dependence": True, "cows": score, "objective_sign": sign})
        )
        edition = KNOWN.on(TODAY, Policy(numbers={"start_cows": own}))

        said = put("C14", RULES["C14"], facts, edition).said
        assert (said is not None) is waits

    def test_a_start_that_is_named_has_its_own_score(self):
        facts = FactReader(
            picture({"phys_dependence": True, "cows": 11, "protocol": "asam_2020"})
        )
        edition = KNOWN.on(TODAY, Policy(numbers={"start_cows": 13}))

        assert put("C14", RULES["C14"], facts, edition).said is None

    def test_an_edition_from_before_the_choice_was_offered_says_no(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        del tables["parameters"]["ecg_for_all"]

        assert build(tables).on(TODAY).chooses("ecg_for_all") is False


class TestRulesPutRight:
    def test_congenital_long_qt_counts_wherever_it_is_recorded(self):
        assert state("C49", {"cardiac": ["congenital_long_qt"]}) == "fires"
        assert state("C49", {"cardiac": ["recent_mi"]}) == "undecided"

    def test_a_naloxone_kit_does_not_hold_back_methadone(self):
        assert state("C61b", {"mtd_dose": 60, "med_list": ["naloxone"]}) == "silent"

    def test_a_challenge_on_methadone_does(self):
        facts = {"mtd_dose": 60, "med_list": ["methadone"], "challenge": "ordered"}

        assert state("C61b", facts) == "fires"
