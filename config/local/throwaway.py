"""Runs one command with servers of its own, which are gone when it ends.

`python -m config.local.throwaway pytest -n 2`, or `... manage bench` for a command
of manage.py on a database that has its tables.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local import commands
from config.local.passwords import Passwords
from config.local.run import say
from config.local.servers import Setting
from config.local.stopping import Stopped, leave_in_peace, stoppable
from config.local.supervisor import Supervisor


@contextmanager
def servers(*, lasting: bool = False) -> Iterator[dict[str, str]]:
    """The environment of fresh servers; both are ended and removed after the block."""
    home = Path(tempfile.mkdtemp(prefix="mainstay-", dir=_reachable_by_all()))
    home.chmod(0o711)
    supervisor = Supervisor(say=say, note=lambda _: None)
    words = Passwords()
    try:
        setting = Setting(home, words, {}, lasting=lasting, logs=home)
        addresses = setting.start(supervisor)
        # What the servers log, for tests that look whether somebody is named there.
        logs = {"SERVER_LOGS": str(home)}
        yield os.environ | logs | addresses.environment(words, mode="test")
    finally:
        supervisor.end_all()
        shutil.rmtree(home, ignore_errors=True)


def _reachable_by_all() -> str | None:
    # As root, the servers run under another account, which TMPDIR may shut out.
    return "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe


def main(command: list[str]) -> int:
    try:
        with stoppable(), servers() as environment:
            try:
                return _run(command, environment)
            finally:
                leave_in_peace()
    except Stopped:
        return 130


def _run(command: list[str], environment: dict[str, str]) -> int:
    if commands.run_manage(environment, "migrate", "--noinput", "-v", "0") != 0:
        return 1
    if command[0] == "manage":
        return commands.run_manage(environment, *command[1:])
    # Tests copy this database, each worker for itself, as the owner, and take the
    # application's role where its limits are what is tested.
    environment["MAINSTAY_DATABASE_ROLE"] = "owner"
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return commands.run([sys.executable, "-m", *command], environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
