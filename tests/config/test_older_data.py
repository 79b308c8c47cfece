"""Tables of an earlier state are refused in words, not with a traceback."""

import pytest
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.introspection import DatabaseIntrospection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


@pytest.fixture
def applied(monkeypatch):
    """Let the database tell of one more migration than it has."""

    def tell(app, name):
        found = MigrationRecorder.applied_migrations

        def with_one_more(self):
            return {**found(self), (app, name): None}

        monkeypatch.setattr(MigrationRecorder, "applied_migrations", with_one_more)

    return tell


def test_what_this_code_made_is_taken():
    call_command("older_data")


def test_what_an_earlier_state_made_is_refused_with_what_to_do(applied):
    applied("medications", "0005_talks_of_before")

    with pytest.raises(CommandError, match=r"0005_talks_of_before.*make clean"):
        call_command("older_data")


def test_apps_that_are_gone_are_nobodys_business(applied):
    applied("elsewhere", "0001_initial")

    call_command("older_data")


def test_a_table_that_is_not_there_though_all_is_applied_is_refused(monkeypatch):
    there = DatabaseIntrospection.table_names

    def without_marks(self, *given, **more):
        return [t for t in there(self, *given, **more) if t != "jobs_openbatch"]

    monkeypatch.setattr(DatabaseIntrospection, "table_names", without_marks)

    with pytest.raises(CommandError, match=r"jobs_openbatch.*make clean"):
        call_command("older_data")
