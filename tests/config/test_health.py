"""The health answer, with real servers and with none."""

import pytest
from django.db import connection


def test_all_is_well(db, client):
    reply = client.get("/healthz")

    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "database": True, "queue": True}
    assert "no-store" in reply["Cache-Control"]


def test_a_queue_that_is_down_is_told_but_pages_still_work(db, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    reply = client.get("/healthz")

    assert reply.status_code == 200
    assert reply.json() == {"status": "degraded", "database": True, "queue": False}


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
