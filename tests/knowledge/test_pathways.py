"""Pathways: each kind of event opens what the reference asks for, cited, in plain words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from knowledge.instruments.registry import instruments
from knowledge.schedule import pathways as module
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.pathways import (
    EventDay,
    EventKind,
    StepCondition,
    dated_steps,
    derived_kinds,
    kinds_by_hand,
    kinds_ended_by,
    open_questions,
    pathways,
)
from knowledge.tables import BadTable, shipped
from medications.decision_aid.reading_grade import grade

FRIDAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 14, 5, tzinfo=ZoneInfo("America/New_York"))
EVERY_STEP = [
    pytest.param(step, id=f"{kind}-{step.kind}")
    for kind, pathway in pathways().items()
    for step in pathway.steps
]


def dated(kind, *, on=FRIDAY, at=None, known_on=FRIDAY, holding=()):
    event = EventDay(known_on=known_on, on=on, at=at)
    return {
        one.step.kind: one
        for one in dated_steps(pathways()[kind], event, holding=holding)
    }


def test_every_kind_has_its_pathway():
    assert set(pathways()) == set(EventKind)
    assert {*kinds_by_hand(), *derived_kinds()} == set(EventKind)
    assert {*kinds_by_hand()} & {*derived_kinds()} == {
        EventKind.MEDICINE_STOPPED,
        EventKind.MEDICINE_INTERRUPTED,
        EventKind.DOSES_MISSED,
    }


@pytest.mark.parametrize("kind", EventKind)
def test_steps_of_one_pathway_are_each_once(kind):
    kinds = [step.kind for step in pathways()[kind].steps]

    assert len(kinds) == len(set(kinds))
    assert bool(kinds) is (kind is not EventKind.OVERDOSE_FATAL)


@pytest.mark.parametrize("step", EVERY_STEP)
class TestEachStep:
    def test_rests_on_something(self, step):
        assert step.cites
        assert step.source
        assert step.tag
        assert step.checked

    def test_is_told_in_plain_words(self, step):
        assert grade(step.for_person) <= 6

    def test_asks_for_instruments_that_there_are(self, step):
        assert set(step.instruments) <= set(instruments())
        assert bool(step.instruments) is (step.kept_by is KeptBy.MEASURES)


@pytest.mark.parametrize("kind", [k for k in EventKind if k != "overdose_fatal"])
def test_what_the_person_reads_is_plain(kind):
    assert grade(pathways()[kind].about.for_person) <= 6


@pytest.mark.parametrize(
    ("kind", "act", "hours"),
    [
        ("overdose", "call", 24),
        ("overdose", "visit", 48),
        ("overdose", "case_review", 7 * 24),
        ("overdose", "plan_review", 14 * 24),
        ("overdose_reversed", "safety_screen", 24),
        ("use", "call", 72),
        ("use", "plan_review", 14 * 24),
        ("ed_visit", "call", 72),
        ("ed_visit", "contact_day_30", 30 * 24),
        ("hospital_out", "contact_day_365", 365 * 24),
        ("custody_out", "visit", 72),
        ("pregnancy_begun", "call", 24),
        ("pregnancy_ended", "dose_review", 14 * 24),
        ("medicine_stopped", "contact_day_28", 28 * 24),
        ("medicine_interrupted", "restart_dose", 24),
        ("doses_missed", "call", 24),
        ("no_shows_two", "emergency_contact", 48),
        ("toxicology_unexpected", "dose_review", 7 * 24),
    ],
)
def test_times_of_the_reference(kind, act, hours):
    found = {step.kind: step.hours for step in pathways()[EventKind(kind)].steps}

    assert found[act] == hours


def test_days_after_a_medicine_was_stopped():
    found = dated(EventKind.MEDICINE_STOPPED, holding=[StepCondition.OFF_MEDICINE])
    contacts = [
        (one.due_on - FRIDAY).days
        for one in found.values()
        if one.step.kept_by is KeptBy.CONTACT
    ]

    assert contacts == [1, 3, 7, 14, 28, 60, 90, 180, 365]


def test_whoever_takes_a_medicine_again_is_not_called_for_having_stopped():
    assert set(dated(EventKind.MEDICINE_STOPPED)) == {
        "call",
        "naloxone_handover",
        "plan_review",
    }


def test_an_overdose_counts_from_its_hour():
    found = dated(EventKind.OVERDOSE, at=AT, known_on=FRIDAY + timedelta(days=1))

    assert found["call"].due_at == AT + timedelta(hours=24)
    assert found["call"].due_on == date(2026, 11, 21)
    assert found["visit"].latest_on == date(2026, 11, 22)
    assert found["case_review"].latest_on == date(2026, 11, 27)
    assert found["plan_review"].latest_on == date(2026, 12, 4)
    assert "take_home_review" not in found


def test_take_home_is_looked_at_in_a_program():
    found = dated(EventKind.OVERDOSE, holding=[StepCondition.IN_PROGRAM])

    assert found["take_home_review"].due_on == date(2026, 11, 22)


def test_an_event_known_late_is_answered_from_the_day_it_is_known():
    known = FRIDAY + timedelta(days=10)
    found = dated(
        EventKind.MEDICINE_STOPPED,
        known_on=known,
        holding=[StepCondition.OFF_MEDICINE],
    )

    assert found["call"].due_on == known + timedelta(days=1)
    assert found["naloxone_handover"].latest_on == known + timedelta(days=1)
    assert not {"contact_day_3", "contact_day_7"} & set(found)
    assert found["contact_day_14"].due_on == FRIDAY + timedelta(days=14)


def test_an_event_without_a_day_counts_from_the_day_it_is_known():
    assert dated(EventKind.OVERDOSE, on=None)["visit"].due_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "days", "is_dangerous"),
    [
        (EventKind.OVERDOSE, 0, True),
        (EventKind.OVERDOSE, 28, True),
        (EventKind.OVERDOSE, 29, False),
        (EventKind.OVERDOSE, -1, False),
        (EventKind.CUSTODY_OUT, 14, True),
        (EventKind.USE, 0, False),
    ],
)
def test_windows_that_are_dangerous(kind, days, is_dangerous):
    assert pathways()[kind].about.is_dangerous(days_since=days) is is_dangerous


def test_what_ends_what():
    assert kinds_ended_by(EventKind.CUSTODY_OUT) == (EventKind.CUSTODY_IN,)
    assert kinds_ended_by(EventKind.USE) == ()


def test_what_nobody_knows_becomes_a_question():
    overdose = pathways()[EventKind.OVERDOSE]
    asked = open_questions(overdose, {"intent": "not_known", "naloxone": "none"})

    assert [one.ask for one in asked] == [
        "Was it on purpose?",
        "What was taken?",
        "Where is the person now?",
    ]


@pytest.mark.parametrize(
    "change",
    [{"act": "dance"}, {"day": 3, "within_hours": 3}],
    ids=["no such act", "hours and a day"],
)
def test_a_step_needs_an_act_and_one_time(monkeypatch, change):
    table = shipped()["schedule"]["pathways"]
    step = {**table["step"][0], **change}
    broken = {"schedule": {"pathways": {**table, "step": [step]}}}
    monkeypatch.setattr(module, "shipped", lambda: broken)

    with pytest.raises(BadTable, match="an act, and hours or a day"):
        pathways.__wrapped__()
