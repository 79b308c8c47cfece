"""The check that local data was made by the migrations that lie here."""

import psycopg2

from config.local.places import ROOT

TOO_OLD = """
The data in this checkout was made by an earlier state of Mainstay, whose tables were
laid out otherwise. Nothing was changed. Two ways on:
  keep a copy first:  make backup   (with the earlier state checked out)
  begin again:        make clean && make run   (removes the local data, loads the demo)
With a database of your own, empty it or name another one in DATABASE_URL.
"""


def unknown_steps(url: str) -> list[str]:
    """Migrations that the database has been through and that no file holds, by name."""
    applied = [row for row in _applied(url) if (ROOT / row[0] / "migrations").is_dir()]
    return sorted(
        f"{app}.{name}"
        for app, name in applied
        if not (ROOT / app / "migrations" / f"{name}.py").exists()
    )


def _applied(url: str) -> list[tuple[str, str]]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations')")
        if cursor.fetchone() == (None,):
            return []
        cursor.execute("SELECT app, name FROM django_migrations")
        return list(cursor.fetchall())
