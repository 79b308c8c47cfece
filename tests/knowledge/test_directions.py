"""Which way facts get worse, and how grave a reason is."""

import pytest

from assessments.facts import FACTS
from knowledge.directions import directions, worsening
from knowledge.editions import knowledge
from knowledge.severity import Severity, grades, severity_of


def test_each_fact_has_one_direction_and_is_declared():
    facts = directions().facts

    assert len(facts) == len(set(facts))
    assert set(facts) <= set(FACTS)
    for name, steps in directions().steps.items():
        assert set(steps) <= set(FACTS[name].choices)


@pytest.mark.parametrize(
    ("fact", "before", "now", "way"),
    [
        ("housing", "stable", "unhoused", 1),
        ("housing", "unstable", "stable", -1),
        ("housing", "stable", "stable", 0),
        ("housing", "stable", "in a castle", 0),
        ("alone", False, True, 1),
        ("alone", True, False, -1),
        ("lock_box", True, False, 1),
        ("opioid_days", 10, 4, -1),
        ("support_people", 3, 0, 1),
        ("udt", frozenset(), frozenset(["fentanyl"]), 1),
        ("udt", frozenset(["fentanyl"]), frozenset(), -1),
        ("udt", frozenset(["cocaine"]), frozenset(["cocaine"]), 0),
        ("household", frozenset(), frozenset(["pets"]), 0),
        ("age", 40, 41, 0),
        ("travel", "far", 30, 0),
    ],
)
def test_which_way_it_went(fact, before, now, way):
    assert worsening(fact, before, now) == way


def test_every_graded_rule_is_there_once():
    rules = [rule for one in grades() for rule in one.rules]

    assert len(rules) == len(set(rules))
    assert set(rules) <= set(knowledge().rules)
    assert severity_of("C122") is Severity.CAN_KILL
    assert severity_of("C53") is Severity.SERIOUS
    assert severity_of("C65") is Severity.WATCH
