"""The admins are mailed before a certificate ends: once a step, and never twice."""

import datetime as dt

import pytest
from django.core import mail

from jobs import notices
from jobs.actions import engine
from jobs.actions.certificates import CERTIFICATES
from jobs.models import CertificateReminder
from jobs.queues import Fault

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def until(clinic, noon):
    clinic.program_until = noon.date() + 60 * DAY
    clinic.save()
    return clinic.program_until


@pytest.fixture
def run(clinic, noon):
    def running(days=0):
        engine.run_queue(CERTIFICATES, clinic_id=clinic.pk, at=noon + days * DAY)

    return running


def test_each_step_is_one_mail(run, until, admin):
    run()
    run()
    run(1)
    assert [one.to for one in mail.outbox] == [[admin.email]]
    assert "/clinic/" in mail.outbox[0].body

    run(31)

    assert len(mail.outbox) == 2
    steps = CertificateReminder.objects.order_by("pk").values_list("step", flat=True)
    assert list(steps) == [90, 30]


def test_a_renewed_one_is_reminded_of_anew(run, until, admin, clinic):
    run()
    clinic.program_until = until + 10 * DAY
    clinic.save()

    run(1)

    assert len(mail.outbox) == 2


def test_far_from_its_end_nobody_is_mailed(run, clinic, admin, noon):
    clinic.program_until = noon.date() + 91 * DAY
    clinic.save()

    run()

    assert not mail.outbox


def test_it_waits_until_there_is_an_admin(run, until):
    run()

    assert CertificateReminder.objects.get().sent_at is None


def test_it_waits_for_the_mail_server(run, until, admin, monkeypatch):
    def shut(**_):
        raise notices.NotDelivered(Fault("ConnectionError", is_of_the_way=True))

    monkeypatch.setattr(notices, "send_certificates", shut)

    run()

    assert CertificateReminder.objects.get().sent_at is None
