"""A database that is held, away or ends a transaction: 503, and nothing half done."""

import re
import threading

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from psycopg2.errors import DeadlockDetected

from accounts.models import Clinic
from tests.conftest import signed_in
from tests.factories import ClinicFactory, StaffFactory

HELD = "SELECT 1 FROM accounts_clinic WHERE id = %s FOR UPDATE"


@pytest.fixture
def quiet_client(as_clinician):
    """A browser: what fails is a page."""
    as_clinician.raise_request_exception = False
    return as_clinician


def failing(monkeypatch, *errors):
    """The home page fails with these, one a time, and then answers."""
    left = list(errors)
    inner = Clinic.__str__

    def said(clinic):
        if left:
            raise left.pop(0)
        return inner(clinic)

    monkeypatch.setattr(Clinic, "__str__", said)
    return left


def ended():
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected()
    return error


@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_page_and_a_task_wait_for_no_lock_and_no_statement_for_ever(process):
    waits = settings.WAITS[process]

    assert set(waits) == {
        "lock_timeout",
        "statement_timeout",
        "idle_in_transaction_session_timeout",
    }
    assert all(re.fullmatch(r"\d+s", one) for one in waits.values())
    assert int(waits["statement_timeout"][:-1]) < settings.CELERY_TASK_TIME_LIMIT


def test_a_database_that_is_away_is_said_with_when_to_come_again(
    quiet_client, monkeypatch
):
    failing(monkeypatch, OperationalError("server closed the connection"))

    response = quiet_client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "was not saved" in response.content.decode()


def test_many_statements_that_take_long_are_said_and_undone(
    quiet_client, monkeypatch, settings
):
    """No statement of them is too long by itself."""
    settings.ANSWER_SECONDS, answered = 0.3, []

    def slow(clinic):
        for _ in range(20):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")
            answered.append(1)
        return "Never"

    monkeypatch.setattr(Clinic, "__str__", slow)

    response = quiet_client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "was not saved" in response.content.decode()
    assert len(answered) < 8


def test_a_statement_that_takes_too_long_is_said(quiet_client, monkeypatch):
    def slow(clinic):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(9)")

    monkeypatch.setattr(Clinic, "__str__", slow)

    response = quiet_client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "was not saved" in response.content.decode()
    assert "statement" not in response.content.decode()


def test_a_fault_of_ours_is_a_fault(quiet_client, monkeypatch):
    failing(monkeypatch, ZeroDivisionError())

    assert quiet_client.get("/").status_code == 500


def test_an_ended_transaction_is_asked_again_once(quiet_client, monkeypatch):
    left = failing(monkeypatch, ended())

    assert quiet_client.get("/").status_code == 200
    assert left == []


def test_one_that_is_ended_twice_is_said(quiet_client, monkeypatch):
    failing(monkeypatch, ended(), ended())

    assert quiet_client.get("/").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_held_row_gets_an_answer_and_the_others_theirs():
    clinic = ClinicFactory()
    staff = StaffFactory(roles={clinic: ["admin"]})
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mainstay.system', 'on', true)")
            cursor.execute(HELD, [clinic.pk])
            held.set()
            let_go.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with (
            pytest.raises(OperationalError, match="lock timeout"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(HELD, [clinic.pk])
        assert signed_in(staff).get("/").status_code == 200
    finally:
        let_go.set()
        holder.join()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
