"""Refusal of a database whose tables come from an earlier state of the code."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

WORDS = (
    "This database was made by an earlier state of Mainstay, and its tables are not"
    " carried over ({gone}). On this machine: `make clean`, then `make run` brings a"
    " new one with the demo clinic. A database of your own: create it anew, empty."
)


class Command(BaseCommand):
    help = "Says in words whether the tables come from an earlier state of the code."

    def handle(self, *_args: object, **_options: object) -> None:
        loader = MigrationLoader(connection)
        ours = {config.label for config in apps.get_app_configs()}
        disk = loader.disk_migrations or {}
        gone = sorted(
            f"{app}.{name}"
            for app, name in loader.applied_migrations
            if app in ours and (app, name) not in disk
        )
        # Begun anew under the same names: all is applied, and a table is not there.
        waiting = {
            app for app, name in disk if (app, name) not in loader.applied_migrations
        }
        there = set(connection.introspection.table_names())
        gone += sorted(
            model._meta.db_table
            for model in apps.get_models()
            if model._meta.app_label in ours - waiting
            and model._meta.managed
            and model._meta.db_table not in there
        )
        if gone:
            raise CommandError(WORDS.format(gone=", ".join(gone[:2])))
