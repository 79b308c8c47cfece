"""The two roles of the database: one owns the tables, one works on the rows.

The application connects as `mainstay_app`, which owns nothing, so that
row-level security holds for it; migrations run as `mainstay_owner`.
`python -m config.local.roles` does this for the servers of docker-compose.yml.
"""

import os
import time
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

DATABASE = "mainstay"
OWNER = "mainstay_owner"
APPLICATION = "mainstay_app"
# CREATEDB, for the databases of tests.
_OWNER_MAY = "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS"
_APPLICATION_MAY = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"

BACKUP = "mainstay_backup"
_BACKUP_MAY = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS REPLICATION"
# What a copy of the whole server asks for, and no row.
_BACKUP_GRANTS = """
GRANT pg_read_all_settings, pg_read_all_stats, pg_checkpoint TO mainstay_backup;
GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean),
  pg_switch_wal(), pg_create_restore_point(text) TO mainstay_backup;
"""
# Only an administrator of the server may set these.
QUIET = ("log_min_error_statement = 'panic'", "log_error_verbosity = 'terse'")


def connected(url: str, patience: float = 30) -> Connection:
    """An autocommitting connection, waited for while the server starts."""
    until = time.monotonic() + patience
    while True:
        try:
            found = psycopg2.connect(url, connect_timeout=5)
            break
        except psycopg2.OperationalError as reason:
            if time.monotonic() > until or "authentication failed" in str(reason):
                raise SystemExit(_unreachable(url, reason)) from None
            time.sleep(0.05)
    found.autocommit = True
    return found


def _unreachable(url: str, reason: Exception) -> str:
    parts = urlsplit(url)
    said = str(reason).strip().splitlines()[-1]
    return f"PostgreSQL at {parts.hostname}:{parts.port or 5432} does not let us in: {said}"


def for_user(url: str, user: str, password: str, database: str | None = None) -> str:
    """The same server's address for another role."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    place = f"{quote(user)}:{quote(password, safe='')}@{host or ''}"
    if parts.port:
        place = f"{place}:{parts.port}"
    path = f"/{database}" if database else parts.path
    return urlunsplit((parts.scheme, place, path, parts.query, ""))


def prepare_all(admin_url: str, *, owner: str, application: str) -> bool:
    """Make or mend both roles and the database; True if the database is new."""
    with connected(admin_url).cursor() as cursor:
        _make_role(cursor, OWNER, _OWNER_MAY, owner)
        _make_role(cursor, APPLICATION, _APPLICATION_MAY, application)
        _grant_application_to(cursor, OWNER)
        for role in (OWNER, APPLICATION):
            _keep_values_out_of_log(cursor, role)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone():
            return False
        cursor.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
    return True


def prepare_backup(admin_url: str, password: str) -> None:
    """Make or mend the role that copies the server and reads no row by SQL."""
    with connected(admin_url).cursor() as cursor:
        _make_role(cursor, BACKUP, _BACKUP_MAY, password)
        cursor.execute(_BACKUP_GRANTS)


def prepare_application(owner_url: str, password: str) -> str:
    """Make the application's role on a server that was given; its address there."""
    if urlsplit(owner_url).username == APPLICATION:
        raise SystemExit(
            f"DATABASE_URL names {APPLICATION}, which may not change tables: set "
            "DATABASE_OWNER_URL too, to the address of the role that owns them."
        )
    with connected(owner_url).cursor() as cursor:
        try:
            _make_role(cursor, APPLICATION, _APPLICATION_MAY, password)
            _grant_application_to(
                cursor, urlsplit(owner_url).username or "CURRENT_USER"
            )
        except errors.InsufficientPrivilege:
            raise SystemExit(_may_not_make_roles(owner_url)) from None
    return for_user(owner_url, APPLICATION, password)


def _may_not_make_roles(url: str) -> str:
    return (
        f"The role {urlsplit(url).username} of DATABASE_URL may not make the role "
        f"{APPLICATION}. Let an administrator of the server run\n"
        f"  CREATE ROLE {APPLICATION} {_APPLICATION_MAY} PASSWORD '...';\n"
        f"  GRANT {APPLICATION} TO {urlsplit(url).username};\n"
        f"then set DATABASE_URL to the address of {APPLICATION} and DATABASE_OWNER_URL "
        "to the one you have now."
    )


def _make_role(
    cursor: psycopg2.extensions.cursor, name: str, may: str, password: str
) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL("{verb} ROLE {name} {may} PASSWORD {password}").format(
        verb=sql.SQL(verb),
        name=sql.Identifier(name),
        may=sql.SQL(may),
        password=sql.Literal(password),
    )
    cursor.execute(statement)


def _keep_values_out_of_log(cursor: psycopg2.extensions.cursor, name: str) -> None:
    """Have the server log that a statement failed, and neither it nor the row it was
    about: both say names and answers."""
    for setting in QUIET:
        statement = sql.SQL("ALTER ROLE {name} SET {setting}").format(
            name=sql.Identifier(name), setting=sql.SQL(setting)
        )
        cursor.execute(statement)


def _grant_application_to(cursor: psycopg2.extensions.cursor, role: str) -> None:
    cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [role, APPLICATION])
    if cursor.fetchone() != (True,):
        cursor.execute(
            sql.SQL("GRANT {} TO {}").format(
                sql.Identifier(APPLICATION), sql.Identifier(role)
            )
        )


def main() -> None:
    """Prepare the server of DATABASE_ADMIN_URL for the two addresses given."""
    owner, application = (
        urlsplit(os.environ[name]) for name in ("DATABASE_OWNER_URL", "DATABASE_URL")
    )
    prepare_all(
        os.environ["DATABASE_ADMIN_URL"],
        owner=owner.password or "",
        application=application.password or "",
    )
    if password := os.environ.get("DATABASE_BACKUP_PASSWORD"):
        prepare_backup(os.environ["DATABASE_ADMIN_URL"], password)
    print(f"The roles {OWNER} and {APPLICATION} and the database {DATABASE} are ready.")


if __name__ == "__main__":
    main()
