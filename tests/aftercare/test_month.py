"""The calendar page: a month of what is owed, closed days, one's own and the clinic's."""

import datetime as dt

import pytest
import time_machine

from patients.actions.registry import put_on_care_team
from tests.conftest import NOON, signed_in
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def person(clinic, care_manager):
    made = PatientFactory(clinic=clinic)
    put_on_care_team(
        patient=made, staff=care_manager, part="care_manager", by=care_manager, at=NOON
    )
    return made


@pytest.fixture
def month(care_manager):
    def do(query=""):
        page = signed_in(care_manager).get(f"/calendar/{query}")
        assert page.status_code == 200
        return page.context["month"]

    return do


def marks(month):
    return {
        cell.day.day: [mark.words for mark in cell.marks]
        for week in month.weeks
        for cell in week
        if cell.marks and not cell.is_out
    }


def test_it_begins_on_a_sunday_and_has_whole_weeks(month):
    weeks = month().weeks

    assert weeks[0][0].day == dt.date(2026, 11, 1)
    assert weeks[-1][-1].day == dt.date(2026, 12, 5)
    assert [cell.day.day for week in weeks for cell in week if cell.is_today] == [21]


def test_what_is_ones_own_by_name_and_by_part(clinic, month, person, care_manager):
    other = PatientFactory(clinic=clinic)
    owed(person, 2)
    owed(person, 2)
    owed(other, 3, assigned_to=care_manager, kind="call", title="Call")
    owed(other, 4, kind="drug_test")
    owed(person, 5, assigned_role="prescriber")
    owed(person, 6, status="done", closed_at=NOON)

    assert set(marks(month())) == {23, 24}
    assert marks(month())[23][0].startswith("2 ")
    assert set(marks(month("?whose=clinic"))) == {23, 24, 25, 26}


def test_more_than_three_kinds_are_a_number(month, person):
    for kind in ("visit", "call", "drug_test", "plan_review", "lab"):
        owed(person, 2, kind=kind)

    (cell,) = (c for week in month().weeks for c in week if c.marks)
    assert (len(cell.marks), cell.more) == (3, 2)


def test_red_is_what_can_kill_or_a_federal_day(month, person):
    owed(person, -3, status="missed")
    owed(person, -2, status="missed", kind="drug_test", severity="federal")

    red = {c.day.day: c.marks[0].is_red for w in month().weeks for c in w if c.marks}
    assert red == {18: False, 19: True}


def test_a_closed_day_says_why(clinic, month):
    clinic.opening_hours = {"1": "06:00-17:00"}
    clinic.save()

    closed = {c.day.day: c.closed for week in month().weeks for c in week}
    assert closed[22] == "closed on Sundays"
    assert closed[23] == ""


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({"before": 2, "after": 4}, "Allowed: Sat 21 Nov to Fri 27 Nov"),
        ({}, "Allowed: that day only"),
        ({"origin": "staff"}, "Allowed: any open day"),
    ],
)
def test_the_chosen_day_says_where_each_may_stand(care_manager, person, of, words):
    owed(person, 2, **of)

    page = signed_in(care_manager).get("/calendar/?day=2026-11-23").content.decode()

    assert person.shown_name in page
    assert words in page
    assert "/move/" in page


def test_what_is_late_is_said(care_manager, person):
    owed(person, -2, status="missed")

    page = signed_in(care_manager).get("/calendar/?day=2026-11-19").content.decode()

    assert "late since Thu 19 Nov" in page


@pytest.mark.parametrize("wrong", ["x", "2026-02-30", "0001-01-01", "9999-12-31", ""])
def test_an_odd_day_is_never_a_fault(month, wrong):
    assert abs(month(f"?day={wrong}").chosen.year - 2026) <= 3


def test_more_than_a_page_of_one_day_is_said(clinic, care_manager):
    for _ in range(51):
        owed(PatientFactory(clinic=clinic), 2)

    query = "/calendar/?whose=clinic&day=2026-11-23"
    page = signed_in(care_manager).get(query)

    assert page.context["month"].more == 1


def test_another_clinics_is_not_there(month, other_clinic):
    owed(PatientFactory(clinic=other_clinic), 2)

    assert marks(month("?whose=clinic")) == {}
