"""A worker that is killed at its work: another does the same rows, once."""

import datetime as dt
import os
import signal
import time
from collections import Counter

import pytest
from django.db import connections

from jobs.actions import engine
from jobs.models import Claim
from jobs.queues import QUEUES, Delivery, Queue, WorkStep
from patients.models import Patient
from tests.factories import ClinicFactory, PatientFactory

MINUTE = dt.timedelta(minutes=1)


def waiting(_):
    return Patient.objects.filter(used_name="").order_by("pk")


def do(rows):
    Patient.objects.filter(pk__in=[row.pk for row in rows]).update(used_name="done")


def killed_while(work):
    """Run work in a process of its own, which says when to kill it."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        # Its own way to the database; the parent's is left alone.
        connections["default"].connection = None
        try:
            work(lambda: (os.write(writes, b"x"), time.sleep(60)))
        finally:
            os._exit(1)
    os.close(writes)
    assert os.read(reads, 1) == b"x"
    os.close(reads)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.fixture
def clinic(transactional_db):
    clinic = ClinicFactory()
    for _ in range(5):
        PatientFactory(clinic=clinic, used_name="")
    return clinic


def queue_of(step):
    return Queue(name="try", title="A try", size=3, steps=(step,))


def until_done(queue, clinic, at):
    """The killed one's rows are free as soon as the server notices that it is gone."""
    done = Counter()
    until = time.monotonic() + 10
    while waiting(None).exists() and time.monotonic() < until:
        done += engine.run_queue(queue, clinic_id=clinic.pk, at=at)
        time.sleep(0.05)
    return done


def test_between_claim_and_commit_nothing_is_lost_and_nothing_done_twice(
    clinic, noon, monkeypatch
):
    def work(rows, _):
        do(rows)
        stop()
        return Counter(did=len(rows))

    def stop():
        pass

    queue = queue_of(WorkStep(name="try_step", waiting=waiting, work=work))
    monkeypatch.setitem(QUEUES, queue.name, queue)

    def first(now_kill):
        nonlocal stop
        stop = now_kill
        engine.run_queue(queue, clinic_id=clinic.pk, at=noon)

    killed_while(first)

    assert waiting(None).count() == 5
    assert until_done(queue, clinic, noon) == {"did": 5}
    assert not Claim.objects.exists()


def test_a_row_that_takes_every_worker_along_is_set_aside_and_stops_no_other(
    clinic, noon, monkeypatch
):
    poison = Patient.objects.earliest("pk").pk

    def work(rows, _):
        if any(row.pk == poison for row in rows):
            os.kill(os.getpid(), signal.SIGKILL)
        do(rows)
        return Counter(did=len(rows))

    queue = queue_of(WorkStep(name="try_step", waiting=waiting, work=work))
    monkeypatch.setitem(QUEUES, queue.name, queue)
    for minutes in range(0, 120, 10):
        child = os.fork()
        if child == 0:
            connections["default"].connection = None
            at = noon + minutes * MINUTE
            engine.run_queue(queue, clinic_id=clinic.pk, at=at)
            os._exit(0)
        os.waitpid(child, 0)

    assert [person.pk for person in waiting(None)] == [poison]
    claim = Claim.objects.get()
    assert (claim.tries, claim.fault) == (5, "WorkerLost")
    assert claim.set_aside_at is not None


def test_a_lease_is_taken_over_when_it_is_over(clinic, noon, monkeypatch):
    handed = []

    def deliver(rows, _):
        stop()
        handed.extend(row.pk for row in rows)
        do(rows)
        return {}

    def stop():
        pass

    queue = queue_of(Delivery(name="try_step", waiting=waiting, deliver=deliver))
    monkeypatch.setitem(QUEUES, queue.name, queue)

    def first(now_kill):
        nonlocal stop
        stop = now_kill
        engine.run_queue(queue, clinic_id=clinic.pk, at=noon)

    killed_while(first)

    assert engine.run_queue(queue, clinic_id=clinic.pk, at=noon + MINUTE) == {"sent": 2}
    assert engine.run_queue(queue, clinic_id=clinic.pk, at=noon + 3 * MINUTE) == {
        "sent": 3
    }
    assert len(handed) == len(set(handed)) == 5
    assert not Claim.objects.exists()


def test_the_day_of_a_batch_is_the_clinics(transactional_db, monkeypatch):
    days = []
    west, east = (
        ClinicFactory(time_zone="Pacific/Honolulu"),
        ClinicFactory(time_zone="Pacific/Auckland"),
    )
    queue = queue_of(
        WorkStep(
            name="try_step",
            waiting=lambda batch: days.append(batch.on) or waiting(batch),
            work=lambda *_: Counter(),
        )
    )
    monkeypatch.setitem(QUEUES, queue.name, queue)
    at = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.UTC)
    midnight = dt.datetime(2026, 11, 21, 11, tzinfo=dt.UTC)

    for clinic, moment, day in ((west, at, 21), (east, at, 21), (east, midnight, 22)):
        days.clear()
        engine.run_queue(queue, clinic_id=clinic.pk, at=moment)
        assert {one.day for one in days} == {day}
