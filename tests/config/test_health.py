"""The health answer, with real servers and with none."""

import json
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.db import connection
from django.utils import timezone

from config import health
from config.health_server import serve_health
from jobs import broker
from jobs.models import Claim, Heartbeat


@pytest.fixture
def beat(clinic):
    """A worker that was here just now."""
    at = timezone.now()
    Heartbeat.objects.create(clinic=clinic, queue="mail", beat_at=at)
    return at


def test_all_is_well(beat, client):
    reply = client.get("/healthz")

    assert reply.status_code == 200
    told = reply.json()
    disk = told.pop("disk")
    assert told == {
        "status": "ok",
        "database": True,
        "queue": True,
        "workers": {
            "last_here": beat.isoformat(),
            "late": False,
            "missed": None,
            "set_aside": 0,
            "silent": 0,
            "paused": 0,
            "paused_safety": 0,
        },
    }
    assert 0 < disk["free_percent"] <= 100
    assert "no-store" in reply["Cache-Control"]


def test_a_queue_that_is_down_is_told_but_pages_still_work(beat, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    reply = client.get("/healthz")

    assert reply.status_code == 200
    told = reply.json()
    assert (told["status"], told["queue"]) == ("degraded", False)


def test_workers_that_are_away_are_told(db, client, monkeypatch):
    # What another test has left in the queue would be a round that waits.
    monkeypatch.setattr(broker, "waiting", lambda: 0)

    told = client.get("/healthz").json()

    assert told["status"] == "degraded"
    assert told["workers"] == {
        "last_here": None,
        "late": True,
        "missed": "beat",
        "set_aside": 0,
        "silent": 0,
        "paused": 0,
        "paused_safety": 0,
    }


@pytest.mark.parametrize(
    ("waiting", "missed"), [(None, "queue"), (3, "worker"), (0, "beat")]
)
def test_says_who_is_missed(db, client, monkeypatch, waiting, missed):
    monkeypatch.setattr(broker, "waiting", lambda: waiting)

    assert client.get("/healthz").json()["workers"]["missed"] == missed


def test_a_disk_that_is_nearly_full_is_told(beat, client, monkeypatch):
    monkeypatch.setattr(health, "LOW_DISK_PERCENT", 101)

    told = client.get("/healthz").json()

    assert (told["status"], told["disk"]["low"]) == ("degraded", True)


@pytest.mark.django_db(transaction=True)
def test_answers_on_a_thread_of_its_own(beat):
    server = serve_health(0, timezone.now, "127.0.0.1")
    try:
        status, told = asked_of(server, "/healthz")
        refused, _ = asked_of(server, "/people/")
    finally:
        server.shutdown()
        server.server_close()

    assert (status, json.loads(told)["database"], refused) == (200, True, 404)


def asked_of(server, path):
    with closing(HTTPConnection(*server.server_address[:2], timeout=5)) as way:
        way.request("GET", path)
        reply = way.getresponse()
        return reply.status, reply.read()


def test_work_set_aside_is_told_as_a_number(beat, client, clinic):
    Claim.objects.create(
        clinic=clinic, step="staff_mail", row_id=1, claimed_at=beat, set_aside_at=beat
    )

    told = client.get("/healthz").json()

    assert (told["status"], told["workers"]["set_aside"]) == ("degraded", 1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_down_is_a_failure(client):
    connection.close()
    port, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], 9
    try:
        reply = client.get("/healthz")
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port

    assert reply.status_code == 503
    assert reply.json()["status"] == "down"


def test_asks_for_no_host_name_and_no_session(db, client):
    reply = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert reply.status_code == 200
    assert not reply.cookies
