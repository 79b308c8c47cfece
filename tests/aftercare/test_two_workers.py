"""Two workers at one clinic, each with a connection of its own."""

import datetime as dt
import threading

from django.db import connections

from accounts import tenancy
from accounts.permissions import Role
from aftercare.models import CareEvent, FollowUp, Notice
from aftercare.queues import EVENTS, FOLLOW_UPS
from jobs.actions import engine
from jobs.queues import Batch, step_named
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, owed
from tests.factories.treatment import RegimenFactory
from treatment.actions.regimens import stop_regimen

OPEN = step_named("open_windows")


def test_they_claim_rows_that_the_other_does_not_hold(transactional_db, noon):
    clinic = ClinicFactory()
    person = PatientFactory(clinic=clinic)
    for _ in range(20):
        owed(person)

    def waiting():
        batch = Batch(clinic.pk, TODAY, noon, 10)
        return engine.StepRound("follow_ups", OPEN, batch).untried()

    holding, done = threading.Event(), threading.Event()
    seen = {}

    def first():
        with tenancy.clinics([clinic.pk], actor="test"):
            rows = engine.locked(waiting()[:10])
            seen["first"] = {row.pk for row in rows}
            holding.set()
            done.wait(10)
        connections.close_all()

    worker = threading.Thread(target=first)
    worker.start()
    try:
        assert holding.wait(10)
        with tenancy.clinics([clinic.pk], actor="test"):
            rows = engine.locked(waiting())
            seen["second"] = {row.pk for row in rows}
    finally:
        done.set()
        worker.join()

    assert len(seen["first"]) == len(seen["second"]) == 10
    assert not seen["first"] & seen["second"]


def test_they_do_everything_once(transactional_db, noon):
    clinic = ClinicFactory()
    StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
    person = PatientFactory(clinic=clinic)
    for _ in range(60):
        owed(person, -2)
    failed, did = [], []

    def work():
        try:
            did.append(
                engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon, size=7)
            )
        except Exception as reason:  # noqa: BLE001 - told by the test
            failed.append(reason)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not failed
    # What one held at its last look the other did; a third look finds nothing.
    assert sum(one["escalated"] for one in did) == 60
    assert Notice.objects.count() == 60
    assert FollowUp.objects.filter(status="missed").count() == 60


def test_they_find_an_event_once(transactional_db, noon):
    clinic = ClinicFactory()
    by = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
    for _ in range(20):
        regimen = RegimenFactory(
            patient=PatientFactory(clinic=clinic), started_on=TODAY - dt.timedelta(60)
        )
        stop_regimen(regimen=regimen, stopped_on=TODAY, reason="x", by=by, at=noon)
    failed, did = [], []

    def work():
        try:
            did.append(engine.run_queue(EVENTS, clinic_id=clinic.pk, at=noon))
        except Exception as reason:  # noqa: BLE001 - told by the test
            failed.append(reason)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not failed
    assert sum(one["found"] for one in did) == 20
    assert CareEvent.objects.count() == 20
