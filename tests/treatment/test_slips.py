"""Slips of the hand in a dose: asked about once, and taken when it is meant."""

import datetime as dt
from decimal import Decimal

import pytest

from knowledge.formulary.lines import asked_above
from knowledge.medicines import medicines
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.treatment import DoseEventFactory
from treatment.models import DoseEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def send(as_prescriber, person):
    def sending(amount, **more):
        values = {"medication": "MTD", "kind": "administered", "on": "2026-11-20"}
        return as_prescriber.post(
            f"/people/{person.pk}/medication/doses/add/",
            {**values, "amount_mg": amount, **more},
        )

    return sending


def logged(person, by, amount, at, medication="MTD"):
    return DoseEventFactory(
        patient=person,
        medication=medication,
        kind="administered",
        on=clinic_today(at) - dt.timedelta(days=3),
        amount_mg=Decimal(amount),
        recorded_at=at,
        recorded_by=by,
    )


@pytest.mark.parametrize("typed", ["8000", "121", "99999.99"])
def test_far_above_the_usual_is_asked_about_and_taken_when_sure(send, typed):
    answer = send(typed)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "is unusual: usual is at most 120 mg" in page
    assert 'type="checkbox" name="sure"' in page
    assert not DoseEvent.objects.exists()
    assert send(typed, sure="on").status_code == 302
    assert DoseEvent.objects.get().amount_mg == Decimal(typed)


@pytest.mark.parametrize("typed", ["800", "8", "0.8"])
def test_ten_times_the_last_amount_is_asked_about(
    send, person, prescriber, noon, typed
):
    logged(person, prescriber, 80, noon)

    assert "the last amount was 80 mg" in send(typed).content.decode()


@pytest.mark.parametrize(("before", "typed"), [(95, "450"), (80, "121"), (130, "200")])
def test_above_the_usual_and_far_above_the_last_is_asked_about(
    send, person, prescriber, noon, before, typed
):
    """Half as much again and more than is usual: no step of a dose is that long."""
    logged(person, prescriber, before, noon)

    page = send(typed).content.decode()

    assert f"the last amount was {before} mg, usual is at most 120 mg" in page


@pytest.mark.parametrize("typed", ["180", "30"])
def test_a_change_beside_the_last_amount_is_not_asked_about(
    send, person, prescriber, noon, typed
):
    logged(person, prescriber, 130, noon)

    assert send(typed).status_code == 302


@pytest.mark.parametrize(("typed", "kept"), [("80,5", "80.5"), (" 80 ", "80")])
def test_a_comma_is_read(send, typed, kept):
    assert send(typed).status_code == 302
    assert DoseEvent.objects.get().amount_mg == Decimal(kept)


@pytest.mark.parametrize("typed", ["0", "1e3", "1,000", "-80", "NaN", "80 ml"])
def test_what_is_no_amount_is_refused_even_when_sure(send, typed):
    assert send(typed, sure="on").status_code == 400
    assert not DoseEvent.objects.exists()


def test_every_medicine_that_is_given_has_its_number_with_a_source():
    without = [
        one.key
        for one in medicines()
        if not one.is_family and asked_above(one.key) is None
    ]

    assert not without
