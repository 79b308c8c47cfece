"""The pieces that let the site run on a machine that has no servers."""

import socket
import stat
import subprocess
import sys

import pytest
from django.db import connection

from config.local import hold, passwords, roles
from config.local.commands import role_for
from config.local.places import ROOT
from config.local.ports import HERE, any_free, first_free, is_free
from config.local.servers import nowhere


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind((HERE, 0))
        server.listen()
        yield server.getsockname()[1]


def test_takes_the_next_port_when_the_first_is_occupied(taken_port):
    assert not is_free(taken_port)
    free = any_free()
    assert first_free([taken_port, free]) == free


def test_takes_any_port_when_all_wanted_are_occupied(taken_port):
    assert first_free([taken_port]) != taken_port


def test_passwords_are_kept_for_their_owner_only(tmp_path):
    path = tmp_path / "passwords.json"
    first = passwords.kept(path)

    assert passwords.kept(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({*vars(first).values()}) == 5
    assert len(first.secret_key) >= 50


def test_a_half_written_password_file_is_made_anew(tmp_path):
    path = tmp_path / "passwords.json"
    path.write_text('{"superuser": "x"')

    assert passwords.kept(path) == passwords.kept(path)


def test_only_one_at_a_time_holds_the_servers(tmp_path):
    with hold.held(tmp_path) as notes:
        notes.add(pid=1, address="http://here")
        with pytest.raises(hold.HoldTaken), hold.held(tmp_path):
            pass
        assert hold.Notes(tmp_path / "run.json").read()["address"] == "http://here"
    with hold.held(tmp_path) as notes:
        assert notes.read() == {}


def test_notes_that_cannot_be_read_are_no_notes(tmp_path):
    (tmp_path / "run.json").write_text("{half")

    assert hold.Notes(tmp_path / "run.json").read() == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "postgresql://a:b@db.example:5433/clinic?sslmode=require",
            "postgresql://app:p%2Fw@db.example:5433/clinic?sslmode=require",
            id="keeps place, name and options",
        ),
        pytest.param(
            "postgresql://a@[::1]/clinic",
            "postgresql://app:p%2Fw@[::1]/clinic",
            id="address of the sixth version",
        ),
    ],
)
def test_the_same_server_for_another_role(url, expected):
    assert roles.for_user(url, "app", "p/w") == expected


def test_the_application_role_alone_cannot_make_itself():
    with pytest.raises(SystemExit, match="set DATABASE_OWNER_URL too"):
        roles.prepare_application("postgresql://mainstay_app:x@h/d", "x")


def test_a_server_that_is_not_there_is_told_without_its_password():
    with pytest.raises(SystemExit) as refusal:
        roles.connected("postgresql://a:hidden@127.0.0.1:9/d", patience=0)

    assert "127.0.0.1:9 does not let us in" in str(refusal.value)
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    ("command", "role"),
    [("migrate", "owner"), ("import_cohort", "application"), ("shell", "application")],
)
def test_only_what_changes_tables_runs_as_their_owner(command, role):
    assert role_for(command) == role


@pytest.mark.django_db
def test_the_application_may_neither_own_nor_pass_by_row_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname = %s",
            [roles.APPLICATION],
        )
        assert cursor.fetchall() == [(False, False, False, False)]
        cursor.execute(
            "SELECT count(*) FROM pg_class JOIN pg_roles r ON r.oid = relowner"
            " WHERE r.rolname = %s",
            [roles.APPLICATION],
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_owner_is_no_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s",
            [roles.OWNER],
        )
        assert cursor.fetchall() == [(False, False)]


def test_commands_without_servers_are_given_addresses_that_nobody_answers():
    told = nowhere().environment(passwords.Passwords(), mode="local")

    assert told["DATABASE_URL"].startswith("postgresql://")
    assert not told["DATABASE_URL"].endswith("@")
    assert is_free(9)


@pytest.mark.slow
def test_starting_it_needs_no_django():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, config.local.run; print('django' in sys.modules)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "False"


@pytest.mark.parametrize("script", ["find-python", "prepare"])
def test_the_shell_scripts_can_be_run_and_read(script):
    path = ROOT / "config" / "local" / script

    assert path.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", path], check=True)


def test_finds_a_python_that_can_make_environments():
    found = subprocess.run(
        [ROOT / "config" / "local" / "find-python"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    subprocess.run(
        [found, "-c", "import sys, venv; assert sys.version_info >= (3, 12)"],
        check=True,
    )
