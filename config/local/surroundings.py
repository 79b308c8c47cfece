"""Lets `python manage.py ...` work in a checkout, without a word of environment.

Where settings are given (a container, a server) nothing here is used.
"""

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from config.local import commands, hold, passwords
from config.local.places import data_home
from config.local.run import end_leftovers, say
from config.local.servers import Setting, nowhere
from config.local.supervisor import Supervisor

# These think or explain, and ask no database.
WITHOUT_SERVERS = frozenset(
    {
        *("score_instrument", "moud_options", "facts", "help", "--help", "version"),
        *("--version", "check", "collectstatic", "diffsettings", "findstatic"),
    }
)
_TELLING = ("MAINSTAY_ENV", "SECRET_KEY")


@contextmanager
def local(words: Sequence[str]) -> Iterator[None]:
    """The block has the variables that settings need, and servers that answer."""
    command = words[1] if len(words) > 1 else "help"
    if any(os.environ.get(name) for name in _TELLING):
        yield
        return
    os.environ["MAINSTAY_DATABASE_ROLE"] = commands.role_for(command)
    if command in WITHOUT_SERVERS or "--help" in words:
        # A key for this moment: nothing that these commands do outlives it.
        passing = passwords.Passwords(secret_key=secrets.token_urlsafe(48))
        os.environ.update(nowhere().environment(passing, mode="local"))
        yield
        return
    with _servers(command):
        yield


@contextmanager
def _servers(command: str) -> Iterator[None]:
    """Those of the run that is going on, or our own for as long as the block."""
    try:
        with hold.held() as notes:
            with _own(notes, command):
                yield
            return
    except hold.HoldTaken:
        pass
    os.environ.update(_those_running())
    yield


def _those_running() -> dict[str, str]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := hold.Notes().read().get("addresses"):
            return dict(found)
        time.sleep(0.2)
    raise SystemExit("Another process of this checkout is still starting: try again.")


@contextmanager
def _own(notes: hold.Notes, command: str) -> Iterator[None]:
    end_leftovers(notes)
    notes.add(pid=os.getpid())
    supervisor = Supervisor(say=say, note=lambda children: notes.add(children=children))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        home = data_home()
        words = passwords.kept(home / "passwords.json")
        addresses = Setting(home, words, os.environ).start(supervisor)
        told = addresses.environment(words, mode="local")
        if addresses.is_new and command != "migrate":
            # On the error stream: what the command itself prints may be read by a program.
            sys.stderr.write("A new database: its tables are being made.\n")
            commands.run_manage(os.environ | told, "migrate", "-v", "0")
        os.environ.update(told)
        yield
    finally:
        supervisor.end_all()
