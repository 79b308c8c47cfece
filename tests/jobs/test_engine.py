"""The engine of background work: claims, leases, tries, rows set aside, heartbeats."""

import datetime as dt
from collections import Counter
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError

from accounts.models import AuditEvent
from aftercare.models import FollowUp, Notice
from aftercare.queues import FOLLOW_UPS, MAIL
from config.celery import BEAT_SCHEDULE, app
from jobs import tasks
from jobs.actions import engine
from jobs.actions.alerts import ALERTS
from jobs.actions.requests import NothingHeldBack, try_again
from jobs.models import Claim, Heartbeat, OpenBatch, Round
from jobs.queues import (
    QUEUES,
    Batch,
    Delivery,
    Fault,
    Queue,
    QueueDeclaredTwice,
    WorkStep,
    declare,
)
from patients.models import Patient
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
# In working hours, so that mails leave.
MONDAY_NOON = dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC)


@pytest.fixture
def people(clinic):
    """Rows of work: each is done when the person's preferred name says so."""
    return [PatientFactory(clinic=clinic, used_name="") for _ in range(5)]


def waiting(_):
    return Patient.objects.filter(used_name="").order_by("pk")


def queue_of(work, *, step=WorkStep, **more):
    called = {"work": work} if step is WorkStep else {"deliver": work}
    return Queue(
        name="try",
        title="A try",
        size=3,
        steps=(step(name="try_step", waiting=waiting, **called, **more),),
    )


@pytest.fixture
def tried(monkeypatch):
    """Make a queue of one step known for the length of a test."""

    def do(work, **more):
        queue = queue_of(work, **more)
        monkeypatch.setitem(QUEUES, queue.name, queue)
        return queue

    return do


def done(rows, _):
    Patient.objects.filter(pk__in=[row.pk for row in rows]).update(used_name="done")
    return Counter(did=len(rows))


def fails_for(bad, error=ValueError):
    """A step that cannot do one row, and so no batch that holds it."""

    def work(rows, batch):
        if any(row.pk == bad.pk for row in rows):
            raise error("of somebody's name")
        return done(rows, batch)

    return work


def left():
    return set(Patient.objects.filter(used_name="").values_list("pk", flat=True))


class TestSteps:
    def test_everything_is_done_batch_after_batch(self, people, tried, clinic, noon):
        queue = tried(done)

        assert engine.run_queue(queue, clinic_id=clinic.pk, at=noon) == {"did": 5}
        assert not left()
        assert not engine.run_queue(queue, clinic_id=clinic.pk, at=noon)

    def test_another_clinics_rows_are_left_alone(
        self, people, tried, other_clinic, noon
    ):
        queue = tried(done)

        assert not engine.run_queue(queue, clinic_id=other_clinic.pk, at=noon)
        assert len(left()) == 5

    def test_a_row_that_fails_stops_no_other(self, people, tried, clinic, noon):
        queue = tried(fails_for(people[1]))

        counts = engine.run_queue(queue, clinic_id=clinic.pk, at=noon)

        assert counts == {"did": 4, "failed": 1}
        assert left() == {people[1].pk}
        claim = Claim.objects.get()
        assert (claim.row_id, claim.tries, claim.fault) == (
            people[1].pk,
            1,
            "ValueError",
        )

    def test_is_set_aside_after_its_last_try_and_told_once(
        self, people, tried, clinic, admin, noon
    ):
        aside = []
        queue = tried(
            fails_for(people[0]), on_set_aside=lambda pk, at: aside.append((pk, at))
        )
        for hours in range(8):
            engine.run_queue(queue, clinic_id=clinic.pk, at=noon + 2 * hours * HOUR)

        claim = Claim.objects.get()
        assert (claim.tries, claim.set_aside_at) == (5, noon + 8 * HOUR)
        assert aside == [(people[0].pk, noon + 8 * HOUR)]
        for _ in range(2):
            engine.run_queue(ALERTS, clinic_id=clinic.pk, at=noon + 20 * HOUR)
        [message] = mail.outbox
        assert message.to == [admin.email]
        assert message.subject == "1 job was set aside"
        assert message.body == "http://127.0.0.1:8000/workers/\n"

    def test_waits_longer_each_time(self, people, tried, clinic, noon):
        queue = tried(fails_for(people[0]))
        engine.run_queue(queue, clinic_id=clinic.pk, at=noon)

        assert not engine.run_queue(queue, clinic_id=clinic.pk, at=noon + MINUTE)
        engine.run_queue(queue, clinic_id=clinic.pk, at=noon + 2 * MINUTE)

        claim = Claim.objects.get()
        assert claim.next_try_at == noon + 6 * MINUTE
        assert [engine.wait_after(n) for n in (1, 3, 6, 99)] == [
            2 * MINUTE,
            8 * MINUTE,
            64 * MINUTE,
            64 * MINUTE,
        ]

    def test_success_leaves_no_claim(self, people, tried, clinic, noon):
        bad = tried(fails_for(people[0]))
        engine.run_queue(bad, clinic_id=clinic.pk, at=noon)

        good = tried(done)
        engine.run_queue(good, clinic_id=clinic.pk, at=noon + 2 * MINUTE)

        assert not left()
        assert not Claim.objects.exists()

    def test_a_database_that_is_away_is_no_rows_fault(
        self, people, tried, clinic, noon
    ):
        queue = tried(fails_for(people[0], OperationalError))

        with pytest.raises(OperationalError):
            engine.run_queue(queue, clinic_id=clinic.pk, at=noon)
        assert not Claim.objects.exists()

    def test_also_where_it_goes_away_between_two_rows(
        self, people, tried, clinic, noon
    ):
        def work(rows, _):
            raise ValueError if len(rows) > 1 else OperationalError

        with pytest.raises(OperationalError):
            engine.run_queue(tried(work), clinic_id=clinic.pk, at=noon)
        assert Claim.objects.get().fault == ""

    def test_a_row_that_was_done_meanwhile_is_no_fault(
        self, people, tried, clinic, noon
    ):
        def work(rows, batch):
            if len(rows) > 1:
                raise ValueError
            done(Patient.objects.filter(used_name=""), batch)
            return Counter(did=1)

        counts = engine.run_queue(tried(work), clinic_id=clinic.pk, at=noon)

        assert counts == {"did": 1}

    def test_rows_that_must_wait_for_something_else_end_the_round(
        self, people, tried, clinic, noon
    ):
        queue = tried(lambda rows, batch: Counter())

        assert not engine.run_queue(queue, clinic_id=clinic.pk, at=noon)


class TestDeliveries:
    def test_a_lease_is_taken_again_when_its_worker_died(
        self, people, tried, clinic, noon
    ):
        sent = []

        def deliver(rows, batch):
            sent.extend(row.pk for row in rows)
            done(rows, batch)
            return {}

        queue = tried(deliver, step=Delivery)
        batch = Batch(clinic.pk, noon.date(), noon, 2)
        engine.StepRound("try", queue.steps[0], batch).lease([p.pk for p in people[:2]])

        assert engine.run_queue(queue, clinic_id=clinic.pk, at=noon) == {"sent": 3}
        later = noon + 2 * MINUTE
        assert engine.run_queue(queue, clinic_id=clinic.pk, at=later) == {"sent": 2}
        assert Counter(sent) == Counter(p.pk for p in people)
        assert not Claim.objects.exists()

    def test_a_way_that_is_shut_sets_nothing_aside(self, people, tried, clinic, noon):
        shut = Fault("TimeoutError", is_of_the_way=True)
        queue = tried(
            lambda rows, _: dict.fromkeys([r.pk for r in rows], shut), step=Delivery
        )
        for hours in range(9):
            engine.run_queue(queue, clinic_id=clinic.pk, at=noon + 2 * hours * HOUR)

        assert set(Claim.objects.values_list("tries", "set_aside_at")) == {(9, None)}

    def test_a_sender_that_breaks_is_noted_for_its_rows(
        self, people, tried, clinic, noon, caplog
    ):
        def deliver(rows, _):
            raise KeyError("of somebody's name")

        queue = tried(deliver, step=Delivery)

        assert engine.run_queue(queue, clinic_id=clinic.pk, at=noon) == {"failed": 5}
        assert set(Claim.objects.values_list("fault", flat=True)) == {"KeyError"}

    def test_a_database_that_is_away_leaves_the_lease(
        self, people, tried, clinic, noon
    ):
        def deliver(rows, _):
            raise OperationalError

        with pytest.raises(OperationalError):
            engine.run_queue(
                tried(deliver, step=Delivery), clinic_id=clinic.pk, at=noon
            )
        assert Claim.objects.filter(leased_until__gt=noon, fault="").count() == 3

    def test_rows_of_one_message_are_handed_over_together_again_later(
        self, people, tried, clinic, noon
    ):
        messages = []
        shut = Fault("TimeoutError", is_of_the_way=True)

        def deliver(rows, batch):
            messages.append([row.pk for row in rows])
            if batch.at == noon:
                return dict.fromkeys([r.pk for r in rows], shut)
            done(rows, batch)
            return {}

        queue = tried(deliver, step=Delivery, message_of=lambda p: p.pk > people[2].pk)
        for at in (noon, noon + 2 * MINUTE):
            engine.run_queue(queue, clinic_id=clinic.pk, at=at)

        ids = [p.pk for p in people]
        assert messages == [ids[:3], ids[3:], ids[:3], ids[3:]]


class TestLostWorkers:
    """A mark that stays says that a worker was lost; tests/jobs/test_killed.py kills
    one."""

    def lost(self, clinic, at):
        return OpenBatch.objects.create(clinic=clinic, step="try_step", begun_at=at)

    def test_rows_are_done_each_alone_after_it(self, people, tried, clinic, noon):
        self.lost(clinic, noon - HOUR)
        sizes = []

        def work(rows, batch):
            sizes.append(len(rows))
            return done(rows, batch)

        assert engine.run_queue(tried(work), clinic_id=clinic.pk, at=noon) == {"did": 5}
        assert sizes == [1] * 5
        assert not OpenBatch.objects.exists()

    def test_a_batch_just_begun_is_nobodys_loss(self, people, tried, clinic, noon):
        mark = self.lost(clinic, noon - MINUTE)

        engine.run_queue(tried(done), clinic_id=clinic.pk, at=noon)

        assert OpenBatch.objects.get() == mark

    def test_a_row_whose_worker_was_lost_at_its_last_try_is_set_aside(
        self, people, tried, clinic, noon
    ):
        Claim.objects.create(
            clinic=clinic,
            step="try_step",
            row_id=people[0].pk,
            tries=5,
            claimed_at=noon - HOUR,
            leased_until=noon - MINUTE,
        )

        counts = engine.run_queue(tried(done), clinic_id=clinic.pk, at=noon)

        assert counts == {"failed": 1, "did": 4}
        claim = Claim.objects.get()
        assert (claim.fault, claim.set_aside_at) == ("WorkerLost", noon)


class TestRounds:
    def test_each_leaves_a_heartbeat_and_only_work_a_line(self, clinic, noon):
        for seconds in (0, 5, 15):
            at = noon + dt.timedelta(seconds=seconds)
            engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=at)
        owed(PatientFactory(clinic=clinic))
        last = noon + dt.timedelta(seconds=16)
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=last)

        assert Heartbeat.objects.get().beat_at == last
        assert [r.counts for r in Round.objects.all()] == [{"due": 1, "reminded": 1}]

    def test_the_tick_queues_ids_and_names_of_queues_for_each_clinic(
        self, clinic, other_clinic
    ):
        with mock.patch("celery.app.task.Task.apply_async") as queued:
            tasks.tick()

        told = [call.kwargs["kwargs"] for call in queued.call_args_list]
        assert told == [
            {"clinic_id": pk, "queue": name}
            for pk in (clinic.pk, other_clinic.pk)
            for name in QUEUES
        ]
        assert all(call.kwargs["expires"] == 60 for call in queued.call_args_list)

    def test_the_clock_rings_a_task_that_exists(self):
        assert BEAT_SCHEDULE["tick"]["task"] in app.tasks
        assert BEAT_SCHEDULE["tick"]["schedule"] <= 60

    def test_tasks_go_through_the_queue_of_their_clinic(self, care_manager, clinic):
        follow_up = owed(PatientFactory(clinic=clinic), -900)

        with time_machine.travel(MONDAY_NOON):
            tasks.run(clinic_id=clinic.pk, queue=FOLLOW_UPS.name)
            tasks.run(clinic_id=clinic.pk, queue=MAIL.name)

        assert FollowUp.objects.get(pk=follow_up.pk).status == "missed"
        assert len(mail.outbox) == 1

    def test_the_command_does_the_same_without_celery(
        self, care_manager, clinic, other_clinic, capsys
    ):
        follow_up = owed(PatientFactory(clinic=clinic), -900)

        with time_machine.travel(MONDAY_NOON):
            call_command("sweep")
            call_command("sweep")

        assert FollowUp.objects.get(pk=follow_up.pk).status == "missed"
        said = capsys.readouterr().out
        assert "Harbor Street Clinic: marked 1, reckoned 1" in said
        assert "missed 1" in said
        assert "Elm Road Practice: checked 1" in said
        assert "Elm Road Practice: nothing to do" in said


class TestDeclared:
    def test_no_name_twice(self):
        with pytest.raises(QueueDeclaredTwice):
            declare(Queue(name="mail", title="Again", steps=()))
        with pytest.raises(QueueDeclaredTwice):
            declare(Queue(name="another", title="Again", steps=MAIL.steps))

    def test_the_same_one_may_be_declared_again(self):
        declare(MAIL)

        assert QUEUES["mail"] is MAIL


class TestAlerts:
    def test_without_an_admin_they_wait(self, clinic, noon):
        Claim.objects.create(
            clinic=clinic,
            step="staff_mail",
            row_id=1,
            claimed_at=noon,
            set_aside_at=noon,
        )

        assert engine.run_queue(ALERTS, clinic_id=clinic.pk, at=noon) == {"failed": 1}
        assert Claim.objects.filter(alerted_at=None, set_aside_at=noon).exists()

    def test_a_mail_server_that_is_away_is_waited_for(self, clinic, admin, noon):
        Claim.objects.create(
            clinic=clinic,
            step="staff_mail",
            row_id=1,
            claimed_at=noon,
            set_aside_at=noon,
        )
        with mock.patch("jobs.notices.send_mail", side_effect=TimeoutError):
            engine.run_queue(ALERTS, clinic_id=clinic.pk, at=noon)

        later = noon + 2 * MINUTE
        assert engine.run_queue(ALERTS, clinic_id=clinic.pk, at=later) == {"sent": 1}


class TestTryAgain:
    def test_what_was_set_aside_is_taken_by_the_next_round(
        self, people, tried, clinic, clinician, noon
    ):
        queue = tried(fails_for(people[0]))
        for hours in range(5):
            engine.run_queue(queue, clinic_id=clinic.pk, at=noon + 2 * hours * HOUR)
        at = noon + 9 * HOUR

        try_again(claim=Claim.objects.get(), by=clinician, at=at)

        fixed = tried(done)
        assert engine.run_queue(fixed, clinic_id=clinic.pk, at=at) == {"did": 1}
        assert AuditEvent.objects.get(verb="job.try_again").facts["step"] == "try_step"

    def test_refuses_where_nothing_is_held_back(self, clinic, clinician, noon):
        claim = Claim.objects.create(
            clinic=clinic, step="staff_mail", row_id=1, claimed_at=noon
        )

        with pytest.raises(NothingHeldBack):
            try_again(claim=claim, by=clinician, at=noon)
        claim.delete()
        with pytest.raises(NothingHeldBack):
            try_again(claim=claim, by=clinician, at=noon)


def test_notices_have_no_history_of_their_own():
    assert Notice.with_history is False
