"""Programs that we start: begun apart from the terminal, ended gently, known again."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.local.places import ROOT, Account


@dataclass(frozen=True)
class Service:
    """How to start one program, and how to ask it to end."""

    name: str
    command: tuple[str | Path, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM

    def start(self) -> subprocess.Popen[bytes]:
        """Begin it in a session of its own: Ctrl-C reaches us, and we tell it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd="/" if self.account else ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )


def end(process: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> None:
    """Ask it to end, and make it and all that it started end after `patience`."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
    _signal_group(process.pid, signal.SIGKILL)


def _signal_group(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


def birth(pid: int) -> str | None:
    """When this process began: with its number, the mark of one process alone."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        with contextlib.suppress(OSError, IndexError):
            return stat.read_text().rpartition(")")[2].split()[19]
        return None
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or None


def end_leftover(pid: int, born: str, how: signal.Signals, patience: float) -> bool:
    """End a process of an earlier run, if it is that very one; True if it was."""
    if birth(pid) != born:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
    until = time.monotonic() + patience
    while birth(pid) == born and not _is_dead(pid) and time.monotonic() < until:
        time.sleep(0.05)
    _signal_group(pid, signal.SIGKILL)
    return True


def _is_dead(pid: int) -> bool:
    """Whether only its name is left, waiting for a parent to read how it ended."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        )
    except OSError:
        return False
