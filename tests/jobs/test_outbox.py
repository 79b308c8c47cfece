"""What will be sent, to whom and when: to each as much as they may know."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.entry_rows import AccountMail
from aftercare.actions.message_wishes import agree_to_messages
from aftercare.actions.messages import owe_messages
from aftercare.models import Notice
from aftercare.queues import MESSAGES
from aftercare.record.outbox import foreseen_messages
from jobs.actions.pauses import pause_queues
from jobs.models import CertificateReminder
from jobs.outbox import MOST, outgoing
from jobs.queues import Batch
from patients.models import ContactPoint
from tests.conftest import clinic_today, markup
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

pytestmark = pytest.mark.django_db
# A Monday at nine, and the night before, on the clinic's clock.
MORNING = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)
NIGHT = MORNING - dt.timedelta(hours=7)
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status="active")


@pytest.fixture
def wish(person, clinician):
    point = ContactPoint.objects.create(
        clinic=person.clinic,
        patient=person,
        kind="email",
        value="alma@example.org",
        may_text=True,
    )
    return agree_to_messages(
        patient=person,
        to=point,
        language="en",
        kinds=["check_in", "daily", "visit"],
        weekday=3,
        by=clinician,
        at=NIGHT,
    )


def seen(client, at):
    with time_machine.travel(at, tick=False):
        return markup(client.get(reverse("jobs:outbox")))


def notice(row, to, kind="reminder", at=NIGHT):
    return Notice.objects.create(
        clinic=row.clinic,
        key=f"{kind}:{row.pk}:{to.pk}",
        kind=kind,
        recipient=to,
        follow_up=row,
        created_at=at,
    )


def test_a_colleague_by_name_with_the_hour(clinic, person, clinician, as_admin):
    notice(owed(person, 0), clinician)
    notice(owed(person, 1, key="b"), clinician)

    at_night = seen(as_admin, NIGHT)

    assert clinician.name in at_night
    assert "(2 in one)" in at_night
    # Mailed when the working hours begin.
    assert "Mon 23 Nov, 07:00" in at_night
    assert "Mon 23 Nov, 09:00" in seen(as_admin, MORNING)


def test_what_is_dangerous_waits_for_no_hour(clinic, person, clinician, as_admin):
    row = owed(person, 0)
    row.severity = "danger"
    row.save()
    notice(row, clinician)

    assert "Mon 23 Nov, 02:00" in seen(as_admin, NIGHT)


def test_clinical_words_for_who_reads_charts_alone(
    person, wish, as_admin, as_care_manager
):
    owe_messages(Batch(person.clinic_id, clinic_today(MORNING), MORNING, 9), None)

    shown = seen(as_care_manager, MORNING)
    assert person.mrn in shown
    assert "each day, to take the dose" in shown
    told_admin = seen(as_admin, MORNING)
    assert person.mrn in told_admin
    assert "to take the dose" not in told_admin
    assert person.family_name not in shown + told_admin


def test_those_of_the_next_days(person, wish, clinic):
    today = clinic_today(MORNING)
    visit = owed(person, 0)
    visit.kind, visit.earliest_on = "visit", today
    visit.due_on = visit.latest_on = today + 3 * DAY
    visit.save()

    coming = foreseen_messages(Batch(clinic.pk, today, MORNING, 0))

    days = {
        kind: [one.on for one in coming if one.detail == kind]
        for kind in {one.detail for one in coming}
    }
    assert days["weekly check-in"] == [today + 2 * DAY]
    assert days["each day, to take the dose"] == [today + n * DAY for n in range(1, 8)]
    assert days["before a visit"] == [today + 2 * DAY]
    assert MESSAGES.foreseen is foreseen_messages


def test_says_what_rests(clinic, person, clinician, admin, as_admin):
    notice(owed(person, 0), clinician)
    of = {"clinic": clinic, "queues": ["mail"], "reason": "Moves", "minutes": None}
    pause_queues(**of, by=admin, at=NIGHT)

    assert "paused" in seen(as_admin, MORNING)


def test_a_mail_to_the_admins_is_one(clinic, as_admin):
    for step in (30, 7):
        CertificateReminder.objects.create(
            clinic=clinic,
            certificate="program",
            until=dt.date(2026, 12, 24),
            step=step,
            created_at=MORNING,
        )

    AccountMail.objects.all().delete()
    page = outgoing(clinic.pk, on=clinic_today(MORNING), at=MORNING, resting=())

    [one] = page.owed
    assert (one.record, one.name, one.about) == ("", "", 2)
    assert "the admins" in seen(as_admin, MORNING)


def test_nothing_is_said_so(as_admin):
    AccountMail.objects.all().delete()
    shown = seen(as_admin, MORNING)

    assert "Nothing waits to be sent" in shown
    assert "Nobody has asked for a message" in shown
    assert MOST == 200
