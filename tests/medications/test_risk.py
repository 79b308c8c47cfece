"""Overdose risk, factor by factor, and what cannot wait."""

import datetime as dt

import pytest

from assessments.picture import Picture
from knowledge.editions import knowledge
from knowledge.risk_windows import risk_windows
from medications.options.interaction_classes import CLASSES, medicines_of
from medications.risk.factors import RESTS_ON, risk_of
from medications.rules.overdose import FLAGS

NOON = "2026-11-21T12:00:00+00:00"
TODAY = dt.date(2026, 11, 21)


def risk(last_naltrexone_on=None, **facts):
    picture = Picture.from_json({"as_of": NOON, "facts": facts})
    return risk_of(picture, last_naltrexone_on=last_naltrexone_on)


def rules(found):
    return [factor.rule for factor in found.factors if factor.rule]


@pytest.mark.parametrize(
    ("fact", "value", "rule"),
    [
        ("overdose_hx", "past_12_months", "C108"),
        ("tolerance", "low", "C109"),
        ("sedatives", ["benzodiazepine"], "C110"),
        ("mental", ["depression"], "C111"),
        ("medical", ["copd"], "C112"),
        ("route", ["injecting"], "C113"),
        ("mtd_day", 28, "C114"),
        ("moud_stop", "2026-11-01", "C115"),
        ("alone", True, "C116"),
        ("supply", ["first_fentanyl"], "C117"),
    ],
)
def test_each_factor_has_its_reason_rule_and_day(fact, value, rule):
    found = risk(**{fact: {"value": value, "as_of": "2026-11-20T09:00:00+00:00"}})

    (factor,) = [f for f in found.factors if f.rule == rule]
    assert factor.because
    assert factor.then
    assert factor.verified
    assert factor.on == dt.date(2026, 11, 20)
    assert factor.marks == (rule,)


def test_nothing_known_is_no_risk_and_no_safety():
    found = risk()

    assert found.factors == ()
    assert not found.is_high
    assert {"overdose_hx", "alone", "sedatives", "supply"} <= set(found.unknown)
    assert ("alone", "Uses alone") in found.unknown_labels


def test_what_is_known_not_to_hold_is_neither():
    found = risk(alone=False, supply=[], overdose_hx="never")

    assert found.factors == ()
    assert not {"alone", "supply", "overdose_hx"} & set(found.unknown)


def test_two_factors_ask_for_high_attention():
    assert not risk(alone=True).is_high
    assert risk(alone=True, tolerance="low").is_high
    assert risk().high_from == 2


def test_the_facts_behind_each_rule_are_named():
    assert set(RESTS_ON) == set(FLAGS)


class TestWindows:
    """Reference J7, D4."""

    @pytest.mark.parametrize(
        ("said_on", "days", "holds"),
        [
            pytest.param("2026-11-21", 0, True, id="left today"),
            pytest.param("2026-11-20", 0, True, id="left yesterday"),
            pytest.param("2026-11-21", 1, False, id="leaves tomorrow"),
            pytest.param("2026-11-01", 5, True, id="said before leaving"),
            pytest.param("2026-10-24", 0, True, id="28 days ago"),
            pytest.param("2026-10-23", 0, False, id="29 days ago"),
        ],
    )
    def test_the_weeks_after_leaving(self, said_on, days, holds):
        found = risk(reentry={"value": days, "as_of": f"{said_on}T09:00:00+00:00"})

        left = [f for f in found.factors if f.because.startswith("Left custody")]
        assert bool(left) is holds

    @pytest.mark.parametrize(
        ("months", "holds"), [(6, False), (7, True), (12, True), (13, False)]
    )
    def test_months_after_a_delivery(self, months, holds):
        found = risk(postpartum=months)

        assert any("after a delivery" in f.because for f in found.factors) is holds

    @pytest.mark.parametrize(
        ("days", "holds"), [(27, False), (28, True), (56, True), (57, False)]
    )
    def test_the_end_of_a_naltrexone_injection(self, days, holds):
        found = risk(last_naltrexone_on=TODAY - dt.timedelta(days))

        assert any("naltrexone injection" in f.because for f in found.factors) is holds

    def test_no_steady_home(self):
        assert risk(housing="stable").factors == ()
        (factor,) = risk(housing="unhoused").factors
        assert (factor.because, factor.verified) == ("No steady home: unhoused.", "[M]")
        assert factor.marks == ()

    def test_yesterday_is_said_so(self):
        found = risk(reentry={"value": 0, "as_of": "2026-11-20T09:00:00+00:00"})

        assert any("yesterday" in factor.because for factor in found.factors)

    def test_each_has_a_source_a_tag_and_a_day(self):
        for window in risk_windows().values():
            assert window.source
            assert window.tag.startswith("[")
            assert window.checked

    def test_a_window_is_no_flag_of_c7(self):
        found = risk(housing="unhoused", alone=True)

        assert len(found.factors) == 2
        assert not found.is_high


class TestWhatCannotWait:
    def test_a_kit_is_missing_where_somebody_said_so(self):
        assert risk().urgent == ()
        assert risk(ora=["has_kit"]).urgent == ()
        (factor,) = risk(ora=[]).urgent
        assert (factor.rule, factor.on) == ("C96", TODAY)

    @pytest.mark.parametrize(
        ("facts", "rule"),
        [
            ({"dosing_assess": "sedated"}, "C54"),
            ({"ciwa": 20}, "C55"),
            ({"pregnancy": True, "sex": "female"}, "C67"),
            ({"reentry": 10}, "C91"),
        ],
    )
    def test_rules_that_ask_for_an_act_at_this_visit(self, facts, rule):
        assert rule in [factor.rule for factor in risk(**facts).urgent]


class TestInteractions:
    def test_every_class_is_a_set_of_the_knowledge(self):
        assert set(CLASSES) <= knowledge().ingredients.keys()

    def test_a_medicine_may_be_in_several_classes(self):
        (medicine,) = medicines_of(["carbamazepine"], knowledge().ingredients)

        told = {(one.kind, one.effect) for one in medicine.interactions}
        assert told == {
            ("inducer", "lowers methadone: withdrawal"),
            ("inducer", "lowers buprenorphine: withdrawal"),
        }
        assert all(one.tag.startswith("[") for one in medicine.interactions)

    def test_those_that_matter_come_first_and_medication_for_oud_is_left_out(self):
        found = medicines_of(
            ["iron", "methadone", "sertraline"], knowledge().ingredients
        )

        assert [medicine.name for medicine in found] == ["sertraline", "iron"]
