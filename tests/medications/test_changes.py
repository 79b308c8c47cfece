"""What would change a standing: found by asking the rules, and true when tried."""

import pytest
from hypothesis import given, settings

from knowledge.policy import Policy
from medications.decision_page.two_days import differences
from medications.options.alternatives import Alternative, latest_tries, tries
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import CLEAR, ago, old, picture

OPEN = (Standing.CAUTION, Standing.ELIGIBLE, Standing.PREFERRED)


def searched(facts=None, **more):
    known = picture({**CLEAR, **(facts or {}), **more})
    return with_changes(evaluate(known), known)


def texts(option, rule):
    return [
        step.text
        for change in option.changes
        if change.stop.rule == rule
        for step in change.any_of
    ]


class TestOneStop:
    @pytest.mark.parametrize(
        ("medication", "facts", "rule", "text"),
        [
            ("MTD", {"qtc": 520}, "C47", "QTc 499 ms or less"),
            ("NTX_XR", {"cows": 9}, "C05", "COWS 4 or less"),
            ("NTX_XR", {"phys_dependence": True}, "C03", "Physical dependence: no"),
            (
                "NTX_XR",
                {"last_short_acting_dt": ago(days=2)},
                "C06",
                "From Thu 26 Nov 2026 09:00 on",
            ),
            ("NTX_XR", {"udt": ["fentanyl"]}, "C10", "Urine drug test: not fentanyl"),
            ("BUP_XR", {"rems": False}, "C88", "REMS certified: yes"),
            ("SUBLOCADE", {"pregnancy": True}, "C69", "Pregnancy: no"),
        ],
    )
    def test_is_named_with_the_nearest_value_that_silences_it(
        self, medication, facts, rule, text
    ):
        assert text in texts(searched(facts).option(medication), rule)

    def test_of_several_analytes_all_have_to_go(self):
        option = searched(udt=["fentanyl", "oxycodone"]).option("NTX_XR")

        assert texts(option, "C10") == ["Urine drug test: none"]

    def test_what_does_not_change_asks_for_a_look_at_the_record(self):
        option = searched(allergy=["methadone"]).option("MTD")

        assert texts(option, "C84") == [
            "Allergies: not methadone (check that the record is right)"
        ]
        assert option.way_out is None

    def test_two_facts_together_where_one_is_not_enough(self):
        option = searched(mtd_dose=60, med_list=["methadone"]).option("NTX_XR")

        (together,) = texts(option, "C04")
        assert "Methadone dose 0 mg/day" in together
        assert "Medicines taken: not methadone" in together

    def test_an_answer_out_of_date_stops_nothing_and_has_no_way_out(self):
        option = searched(cows=old(9, hours=30)).option("NTX_XR")

        assert option.stops == ()
        assert (option.changes, option.way_out) == ((), None)

    def test_a_stop_that_nothing_silences_says_so(self):
        option = searched(order=["NTX_PO"]).option("NTX_PO")

        assert option.standing is Standing.AVOID
        assert option.way_out is None or option.way_out.standing in OPEN


class TestWayOut:
    def test_names_all_that_is_needed_and_no_more(self):
        option = searched(
            phys_dependence=True, cows=9, last_short_acting_dt=ago(days=1)
        ).option("NTX_XR")

        assert [step.fact for step in option.way_out.all_of] == [
            "last_short_acting_dt",
            "phys_dependence, cows",
        ]
        assert f"{option.way_out.until:%d %b}" == "27 Nov"
        assert not option.way_out.standing.ruled_out

    def test_of_two_waits_the_whole(self):
        option = searched(
            last_short_acting_dt=ago(days=1), last_long_acting_dt=ago(days=1)
        ).option("NTX_XR")

        (wait,) = option.way_out.all_of
        assert f"{wait.until:%d %b}" == "04 Dec"

    def test_what_is_open_needs_none(self):
        option = searched().option("MTD")

        assert (option.changes, option.way_out) == ((), None)

    @settings(max_examples=25)
    @given(FACT_VALUES)
    def test_whatever_is_known_it_never_leads_to_a_stop(self, facts):
        known = picture(facts)
        options = with_changes(evaluate(known), known)

        for option in options.options:
            assert (option.way_out is None) or not option.way_out.standing.ruled_out
            if not option.standing.ruled_out:
                assert option.changes == ()

    def test_reads_back_as_json(self):
        shown = searched(phys_dependence=True, cows=9).option("NTX_XR").as_json()

        assert (
            shown["what_would_change"][0]["any_of"][0]["fact"]
            == "phys_dependence, cows"
        )
        assert shown["way_out"]["standing"] in set(Standing)
        assert searched().option("MTD").as_json()["way_out"] is None


class TestTries:
    @pytest.mark.parametrize(
        "facts",
        [
            {"history": [{"medication": "MTD", "days": 100}]},
            {"own_words": "No."},
            {"last_long_acting_dt": "never"},
            {"moud_stop": "never"},
            {"med_list": "none"},
        ],
        ids=["history", "words", "never", "never on a day", "nothing"],
    )
    def test_nothing_is_tried_of_what_cannot_be_otherwise(self, facts):
        assert list(tries(next(iter(facts)), picture(facts))) == []

    def test_a_number_goes_to_both_its_ends(self):
        (low,) = tries("cows", picture(cows=48))
        assert low.step.text == "COWS 0"

        low, high = tries("qtc", picture(qtc=450))
        assert (low.goes, high.goes) == (-1, 1)

    def test_two_waits_are_not_one(self):
        known = picture(last_fentanyl_dt=ago(days=1))
        (wait,) = tries("last_fentanyl_dt", known)

        assert wait.also(wait) is None

    def test_without_waits_nothing_is_merged(self):
        (low,) = tries("cows", picture(cows=48))

        assert latest_tries([low]) == [low]
        assert isinstance(low, Alternative)

    def test_a_decimal_comes_as_near_as_a_tenth(self):
        option = searched(bup_dose=4, med_list=["buprenorphine"]).option("NTX_XR")

        assert any("Buprenorphine dose 0" in text for text in texts(option, "C04"))


class TestWithPolicy:
    def test_a_rule_that_is_off_stops_nothing_on_the_way(self):
        known = picture({**CLEAR, "qtc": 520, "gi": "obstruction"})
        off = Policy({"C47": "The cardiologist decides here."}, {})

        option = with_changes(evaluate(known, policy=off), known).option("MTD")

        assert [change.stop.rule for change in option.changes] == ["C52"]
        assert all(step.fact == "gi" for step in option.way_out.all_of)


def test_free_words_are_no_difference_of_facts():
    then, now = picture(own_words="Once."), picture(own_words="Twice.", cows=9)

    (only,) = differences(then, now)
    assert (only.label, only.then, only.now) == ("COWS", "Not known", "9 of 48")
