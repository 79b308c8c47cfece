"""What matters to a person moves the ranking, and nothing else."""

import pytest

from assessments.facts import FACTS
from assessments.intake.catalogue import question_of
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from knowledge.policy import AS_SHIPPED, Policy
from medications.options.evaluate import evaluate
from medications.options.fits import points
from medications.rules.effects import Effect
from tests.medications.pictures import (
    BASE,
    CLEAR,
    DEPENDENT,
    clear,
    picture,
    standings,
    weighed,
)

FITS = knowledge().wishes
VALUES = question_of("values").choices


def dependent(**facts):
    return weighed({**BASE, **DEPENDENT, **facts})


def before(options):
    return {a.rule for a in options.option("BUP_SL").before_first_dose}


class TestFits:
    def test_every_wish_that_can_be_said_is_declared(self):
        assert set(FITS) == set(FACTS["values"].choices) == set(VALUES)

    @pytest.mark.parametrize("value", sorted(FITS))
    def test_each_names_options_a_reason_and_where_it_comes_from(self, value):
        wish = FITS[value]

        assert set(wish.options) <= set(medicines().keys)
        assert bool(wish.options) == bool(wish.because)
        assert wish.source
        assert wish.tag == "[P]"

    @pytest.mark.parametrize("value", sorted(FITS))
    def test_no_wish_changes_a_standing(self, value):
        assert standings(clear(values=[value])) == standings(clear())

    def test_moves_what_it_speaks_for(self):
        wishes = ["few_visits", "nothing_at_home"]
        plain, wished = dependent(), dependent(values=wishes)
        was, now = plain.option("SUBLOCADE"), wished.option("SUBLOCADE")

        assert (was.rank, was.is_tied) == (1, True)
        assert (now.rank, now.is_tied) == (1, False)
        assert {fit.value for fit in now.fits} == {"few_visits", "nothing_at_home"}

    def test_what_matters_most_counts_twice(self):
        once = clear(values=["no_opioid"]).option("NTX_XR")
        twice = clear(values=["no_opioid"], values_most=["no_opioid"]).option("NTX_XR")

        assert (points(once.fits), points(twice.fits)) == (1, 2)
        assert twice.as_json()["fits"][0]["counts"] == 2

    def test_most_of_what_does_not_matter_counts_for_nothing(self):
        assert (
            clear(values=["cost"], values_most=["no_opioid"]).option("MTD").fits == ()
        )

    def test_an_informed_preference_comes_before_it(self):
        options = dependent(values=["few_visits", "no_daily"], preference="MTD")

        assert options.ranked()[0].medication == "MTD"


class TestPolicy:
    OFF = Policy({"C47": "The cardiologist decides here."}, {})

    def test_a_rule_that_is_off_says_nothing_and_is_shown(self):
        known = picture({**CLEAR, "qtc": 520})
        plain, off = evaluate(known), evaluate(known, policy=self.OFF)

        assert plain.option("MTD").standing.ruled_out
        assert not off.option("MTD").standing.ruled_out
        (silent,) = off.switched_off
        assert (silent.rule, silent.medications) == ("C47", ("MTD",))
        assert silent.as_json()["reason"] == "The cardiologist decides here."

    def test_a_rule_that_would_be_silent_is_not_shown(self):
        assert evaluate(picture(CLEAR), policy=self.OFF).switched_off == ()

    def test_a_rule_that_is_off_asks_for_nothing(self):
        policy = Policy({"C52": "Always examined."}, {})
        asked = {
            m.fact for m in evaluate(picture({}), policy=policy).option("MTD").missing
        }

        assert "gi" in {m.fact for m in evaluate(picture({})).option("MTD").missing}
        assert "gi" not in asked

    def test_an_own_number_takes_the_place_of_the_shipped_one(self):
        known = picture({**BASE, **DEPENDENT, "cows": 9})
        own = Policy({}, {"cows_asam_2023": 10})

        assert "C14" not in before(evaluate(known))
        assert "C14" in before(evaluate(known, policy=own))

    def test_a_clinic_may_lower_the_stop_of_a_depot_with_long_qt(self):
        known = picture({**BASE, **DEPENDENT, "long_qt": True})
        own = Policy({}, {"long_qt_depot_caution": 1})

        assert evaluate(known).option("BUP_XR").standing == "AVOID"
        lowered = evaluate(known, policy=own)
        assert lowered.option("BUP_XR").standing == "CAUTION"
        assert lowered.option("MTD").standing == "AVOID"

    def test_reads_back_from_json(self):
        policy = Policy({"C47": "Here."}, {"cows_asam_2020": 8})

        assert Policy.from_json(policy.as_json()) == policy
        assert hash(Policy.from_json(policy.as_json())) == hash(policy)
        assert policy != "another"
        assert AS_SHIPPED.is_empty
        assert not policy.is_empty

    def test_what_is_searched_keeps_to_the_policy(self):
        known = picture({**CLEAR, "qtc": 520})
        off = evaluate(known, policy=self.OFF)

        assert all(f.effect is not Effect.AVOID for f in off.option("MTD").findings)
