"""The calendar feed: days and numbers for its owner's calendar program, nothing else."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Membership
from aftercare.models import CalendarFeed
from aftercare.views.feeds import SHOWN_ONCE
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

DAY = dt.timedelta(days=1)


@pytest.fixture
def page():
    return reverse("aftercare:month")


@pytest.fixture
def address(as_clinician, page):
    """Made by a press, shown once."""
    as_clinician.post(reverse("aftercare:make_feed"))
    shown = as_clinician.get(page).text
    path = shown.partition("/c/calendar/")[2].partition('"')[0]
    assert "/c/calendar/" not in as_clinician.get(page).text
    assert SHOWN_ONCE not in as_clinician.session
    return f"/c/calendar/{path}"


def test_tells_days_and_numbers_alone(address, clinic, clinician):
    patient = PatientFactory(clinic=clinic)
    # The factory counts from the tests' noon, which is over: both are late today.
    for days in (0, 1):
        row = owed(patient, days, title="Ask about Elena")
        row.assigned_to = clinician
        row.save()
    ahead = owed(patient, 2)
    ahead.assigned_to, ahead.due_on = clinician, clinic_today() + 3 * DAY
    ahead.latest_on = ahead.due_on
    ahead.save()

    answer = Client().get(address)

    assert answer["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    told = [(one["DTSTART"].dt, str(one["SUMMARY"])) for one in calendar.events]
    assert told == [
        (clinic_today(), "Mainstay: 2 due"),
        (clinic_today() + 3 * DAY, "Mainstay: 1 due"),
    ]
    assert "Elena" not in answer.text
    assert patient.family_name not in answer.text


def events_at(address):
    answer = Client().get(address)
    assert answer.status_code == 200
    return len(Calendar.from_ical(answer.content).events)


def test_another_address_ends_the_one_before(address, as_clinician):
    as_clinician.post(reverse("aftercare:make_feed"))

    assert events_at(address) == 0
    assert CalendarFeed.objects.filter(ended_at=None).count() == 1


def test_reads_nothing_once_it_is_ended_or_its_owner_is_gone(
    address, as_clinician, clinician, clinic
):
    row = owed(PatientFactory(clinic=clinic), 0)
    row.assigned_to = clinician
    row.save()
    assert events_at(address) == 1
    held = Membership.objects.filter(staff=clinician)
    roles = list(held)
    held.delete()
    assert events_at(address) == 0
    Membership.objects.bulk_create(roles)
    as_clinician.post(reverse("aftercare:end_feed"))
    assert events_at(address) == 0
    assert events_at("/c/calendar/nonsense.ics") == 0
