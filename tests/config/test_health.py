"""The health answer, with real servers and with none."""

import pytest
from django.db import connection
from django.utils import timezone

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
    assert reply.json() == {
        "status": "ok",
        "database": True,
        "queue": True,
        "workers": {"last_here": beat.isoformat(), "late": False, "set_aside": 0},
    }
    assert "no-store" in reply["Cache-Control"]


def test_a_queue_that_is_down_is_told_but_pages_still_work(beat, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    reply = client.get("/healthz")

    assert reply.status_code == 200
    told = reply.json()
    assert (told["status"], told["queue"]) == ("degraded", False)


def test_workers_that_are_away_are_told(db, client):
    told = client.get("/healthz").json()

    assert told["status"] == "degraded"
    assert told["workers"] == {"last_here": None, "late": True, "set_aside": 0}


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
