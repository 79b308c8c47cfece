"""Django's commands run from outside, each with the surroundings it needs."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from config.local.places import ROOT
from config.local.processes import end

# These change tables, or read which were made: only their owner may.
FOR_OWNER = frozenset({"migrate", "older_data", "flush", "sqlflush", "test"})


def role_for(command: str) -> str:
    """The database role that this command of manage.py works as."""
    return "owner" if command in FOR_OWNER else "application"


def exists(command: str) -> bool:
    """Whether one of the apps brings this command; asks the files, which is quick."""
    return any(ROOT.glob(f"*/management/commands/{command}.py"))


def run_manage(environment: Mapping[str, str], *words: str) -> int:
    role = {"MAINSTAY_DATABASE_ROLE": role_for(words[0])}
    return run([sys.executable, ROOT / "manage.py", *words], {**environment, **role})


def run(command: Sequence[object], environment: Mapping[str, str]) -> int:
    """Run to the end, and end it if we are asked to end meanwhile."""
    process = subprocess.Popen(
        [str(word) for word in command],
        env=dict(environment),
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        return process.wait()
    except BaseException:
        end(process, signal.SIGTERM, 5)
        raise
