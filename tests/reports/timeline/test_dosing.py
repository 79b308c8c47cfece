"""From the dose log and the regimens to steps."""

import datetime as dt
from decimal import Decimal

import pytest

from knowledge.medicines import medicines
from reports.progress.doses import DoseSpan, Spell, doses_of
from tests.reports.timeline.stories import TODAY, on


def taken(days, mg, kind="administered", medication="MTD"):
    return DoseSpan(on(days), medication, kind, None if mg is None else Decimal(mg))


def spell(days, mg, stopped=None, medication="MTD"):
    until = None if stopped is None else on(stopped)
    return Spell(medication, on(days), until, None if mg is None else Decimal(mg))


def steps(log=(), course=()):
    """Days ago with the amount from then on."""
    (found,) = doses_of(log, course, today=TODAY)
    return [
        ((TODAY - s.on).days, s.mg if s.mg is None else int(s.mg)) for s in found.steps
    ]


def test_every_medicine_has_its_line():
    assert all(one.line for one in medicines())


STEPS = [
    pytest.param([], [spell(50, 30)], [(50, 30)], id="a regimen that goes on"),
    pytest.param(
        [], [spell(50, 30, 20)], [(50, 30), (20, None)], id="one that stopped"
    ),
    pytest.param(
        [taken(50, 30), taken(49, 30), taken(48, 40)],
        [spell(50, 85)],
        [(50, 30), (48, 40)],
        id="the log knows better than the regimen",
    ),
    pytest.param(
        [taken(50, 30), taken(49, None, "missed"), taken(48, 30)],
        [spell(50, 30)],
        [(50, 30)],
        id="a missed day leaves the step as it is",
    ),
    pytest.param(
        [taken(50, 10), taken(50, 20)], [spell(50, None)], [(50, 30)], id="twice a day"
    ),
    pytest.param(
        [taken(50, 30), taken(50, 90, "take_home")],
        [spell(50, None)],
        [(50, 30)],
        id="what was taken here, not what was taken along",
    ),
    pytest.param(
        [taken(50, 30), taken(40, 30)],
        [],
        [(50, 30), (39, None)],
        id="no regimen: until the day after the last dose",
    ),
    pytest.param([taken(1, 30)], [], [(1, 30)], id="no regimen, a dose yesterday"),
    pytest.param(
        [taken(50, 30)],
        [spell(50, 30, 45)],
        [(50, 30), (45, None)],
        id="stopped after the last dose",
    ),
    pytest.param(
        [],
        [spell(50, 30, 40), spell(40, 50)],
        [(50, 30), (40, 50)],
        id="one after the other",
    ),
]


@pytest.mark.parametrize(("log", "course", "expected"), STEPS)
def test_steps(log, course, expected):
    assert steps(log, course) == expected


def test_injections_stand_by_themselves():
    log = [
        taken(56, 300, medication="SUBLOCADE"),
        taken(28, 300, medication="SUBLOCADE"),
    ]
    (found,) = doses_of(log, [spell(56, 300, medication="SUBLOCADE")], today=TODAY)

    assert (found.title, found.unit, found.most) == ("Sublocade", "mg each", 300)
    assert [step.on for step in found.steps] == [on(56), on(28)]


def test_an_injection_that_only_the_regimen_tells():
    (found,) = doses_of([], [spell(56, 380, medication="NTX_XR")], today=TODAY)

    assert [(step.on, step.mg) for step in found.steps] == [(on(56), 380)]


def test_medicines_by_the_first_day():
    found = doses_of(
        [taken(10, 16, "dispensed", "BUP_SL"), taken(90, 60)],
        [spell(12, 8, medication="BUP_LOW")],
        today=TODAY,
    )

    assert [one.title for one in found] == ["Methadone", "Buprenorphine"]
    assert found[1].unit == "mg a day"


def test_a_medicine_of_unknown_amount_is_not_drawn():
    assert doses_of([], [spell(50, None)], today=TODAY) == ()


def test_nothing_taken_has_no_most():
    (found,) = doses_of([], [spell(50, 30, 50)], today=TODAY)

    assert found.most == 30
    assert isinstance(found.steps[0].on, dt.date)
