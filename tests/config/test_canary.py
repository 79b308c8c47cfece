"""What is logged when things go wrong names nobody: the code's log and the database's.

The whole suite's logs are looked through at its end (`tests/conftest.py`); here something
goes wrong on purpose, with a name in its hands.
"""

import logging
import os
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from config.logs import WithoutKeys
from patients.models import Patient
from tests.factories import PatientFactory

LOGS = os.environ.get("SERVER_LOGS", "")


def database_log():
    return (Path(LOGS) / "postgres.log").read_text(errors="replace")


@pytest.mark.skipif(not LOGS, reason="the servers are somebody else's")
@pytest.mark.django_db
class TestRefusedByTheDatabase:
    def test_a_row_that_is_there_already(self, clinic):
        person = PatientFactory(clinic=clinic, family_name="CANARY once")
        before = len(database_log())

        with pytest.raises(DatabaseError), transaction.atomic():
            PatientFactory(clinic=clinic, family_name="CANARY twice", mrn=person.mrn)

        said = database_log()[before:]
        assert "patient_mrn_once" in said
        assert "CANARY" not in said

    def test_a_statement_that_fails_with_a_name_in_it(self, clinic):
        before = len(database_log())

        with pytest.raises(DatabaseError), transaction.atomic():
            Patient.objects.extra(
                where=["no_such_column = %s"], params=["CANARY"]
            ).get()

        said = database_log()[before:]
        assert "no_such_column" in said
        assert "CANARY" not in said

    def test_a_statement_that_takes_too_long(self):
        before = len(database_log())

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("SELECT pg_sleep(9), %s", ["CANARY"])
            cursor.execute("SET LOCAL statement_timeout = 0")

        said = database_log()[before:]
        assert "canceling statement" in said
        assert "CANARY" not in said


@pytest.mark.django_db
class TestAddresses:
    """Somebody types a name where an address belongs."""

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("/CANARY Alma/", "Not Found: an address that is none of ours"),
            ("/people/CANARY/", "Not Found: an address that is none of ours"),
            ("/people/José CANARY/", "Not Found: an address that is none of ours"),
            (
                "/people/7/measures/of/CANARY/",
                "Not Found: /people/<int:pk>/measures/of/<str:instrument>/",
            ),
        ],
    )
    def test_are_logged_by_their_route(self, as_clinician, caplog, path, said):
        caplog.handler.addFilter(WithoutKeys())

        assert as_clinician.get(path).status_code == 404

        assert said in caplog.messages
        assert "CANARY" not in caplog.text

    def test_no_slash_at_the_end_is_no_way_round(self, as_clinician, caplog):
        caplog.handler.addFilter(WithoutKeys())

        as_clinician.get("/CANARY")

        assert "CANARY" not in caplog.text


def test_the_code_logs_the_kind_of_an_error_alone():
    try:
        raise ValueError("CANARY Alma")
    except ValueError:
        logging.getLogger("mainstay.test").exception("It failed")

    files = Path(LOGS).glob("code-*.log") if LOGS else ()
    assert all("CANARY" not in file.read_text() for file in files)
