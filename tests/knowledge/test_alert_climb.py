"""The climb of an alert, worked out: who is due when, and who is next."""

import datetime as dt

import pytest

from knowledge.schedule.alerts import (
    AlertRung,
    CallMade,
    RungCall,
    alert_rules,
    calls_due,
    next_call,
)
from knowledge.schedule.choices import alert_choices

RAISED = dt.datetime(2026, 11, 21, 9, 4, tzinfo=dt.UTC)
MINUTES = {
    "alert_acknowledge_minutes": 15,
    "alert_escalate_minutes": 10,
    "alert_again_minutes": 5,
}
DUTY, PRESCRIBER, DIRECTOR = (
    RungCall(one) for one in list(AlertRung) if one != AlertRung.AGAIN
)


def again(number):
    return RungCall(AlertRung.AGAIN, number)


def at(minutes):
    return RAISED + dt.timedelta(minutes=minutes)


def made(*places, **more):
    return [CallMade(place, at(minutes), **more) for place, minutes in places]


def due(minutes, calls=(), *, acknowledged=None):
    held = None if acknowledged is None else at(acknowledged)
    return calls_due(RAISED, held, calls, MINUTES, at(minutes))


@pytest.mark.parametrize(
    ("minutes", "calls", "expected"),
    [
        pytest.param(0, [], (DUTY,), id="duty at once"),
        pytest.param(14, [(DUTY, 0)], (), id="not yet"),
        pytest.param(15, [(DUTY, 0)], (PRESCRIBER,), id="prescriber"),
        pytest.param(25, [(DUTY, 0), (PRESCRIBER, 15)], (DIRECTOR,), id="director"),
        pytest.param(
            30, [(DUTY, 0), (PRESCRIBER, 15), (DIRECTOR, 25)], (again(1),), id="again"
        ),
        pytest.param(
            60,
            [(DUTY, 0), (PRESCRIBER, 15), (DIRECTOR, 25), (again(1), 30)],
            (again(7),),
            id="of those that nobody made the last alone",
        ),
        pytest.param(
            60, [(DUTY, 0)], (PRESCRIBER, DIRECTOR, again(7)), id="workers were away"
        ),
        pytest.param(
            25, [(DUTY, 0), (PRESCRIBER, 22)], (DIRECTOR,), id="late puts off nothing"
        ),
    ],
)
def test_who_is_called_by_now(minutes, calls, expected):
    assert due(minutes, made(*calls)) == expected


def test_acknowledged_nobody_is():
    assert due(600, made((DUTY, 0)), acknowledged=5) == ()


def test_where_nobody_stands_on_a_rung_the_next_is_due_at_once():
    assert due(0, made((DUTY, 0), found_somebody=False)) == (PRESCRIBER,)


def test_where_nobody_is_told_again_it_waits_all_the_same():
    calls = made(*((place, 0) for place in (DUTY, PRESCRIBER, DIRECTOR, again(1))))
    empty = [CallMade(one.place, one.at, found_somebody=False) for one in calls]

    assert due(4, empty) == ()
    assert due(5, empty) == (again(2),)


def test_from_one_that_was_passed_on_the_next_are_counted_anew():
    calls = [*made((DUTY, 0)), *made((PRESCRIBER, 90), was_passed_on=True)]

    assert due(99, calls) == ()
    assert next_call(RAISED, calls, MINUTES) == (DIRECTOR, at(100))


def test_who_is_next():
    assert next_call(RAISED, made((DUTY, 0)), MINUTES) == (PRESCRIBER, at(15))
    calls = made((DUTY, 0), (PRESCRIBER, 15), (DIRECTOR, 25), (again(3), 40))
    assert next_call(RAISED, calls, MINUTES) == (again(4), at(45))


@pytest.mark.parametrize(
    ("kind", "level", "calls"),
    [
        ("suicide_risk", 5, True),
        ("suicide_risk", 3, True),
        ("suicide_risk", 2, False),
        ("result", 5, True),
        ("result", 4, False),
        ("off_track", 1, False),
    ],
)
def test_what_calls_at_once(kind, level, calls):
    assert alert_rules().calls_at_once(kind, level) is calls


def test_what_it_is_called():
    assert alert_rules().title("suicide_risk", 3) == "Thoughts of self-harm"
    assert alert_rules().title("result", 5) == "A result that cannot wait"


@pytest.mark.parametrize(("minutes", "kept"), [(1, 5), (10, 10), (240, 30)])
def test_a_clinics_minutes_stay_within_limits(minutes, kept):
    assert alert_rules().within_limits("alert_acknowledge_minutes", minutes) == kept


def test_how_often_it_is_told_again_is_signed_and_the_rest_a_setting():
    assert set(alert_choices()) == {"alert_again_minutes", "alert_fresh_days"}
