"""A PostgreSQL of our own: made once, started as a plain child process."""

import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.local import binaries
from config.local.places import LOGS, Account, made, unprivileged, written
from config.local.ports import HERE
from config.local.processes import Service

ADMIN = "postgres"
# What a server for tests may leave out: its data need not survive a power cut.
THROWN_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """One cluster in one folder, reached at one port of this machine alone."""

    home: Path
    port: int
    password: str
    lasting: bool = True
    log: Path = LOGS / "postgres.log"

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    def prepared(self) -> Service:
        """Make the cluster if there is none yet; the service that runs it."""
        account = unprivileged()
        programs = binaries.postgres(account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, account)
        self._forget_stale_pid()
        return self._service(programs, account)

    def _service(self, programs: Path, account: Account | None) -> Service:
        told = [
            word for pair in self._options().items() for word in ("-c", "=".join(pair))
        ]
        return Service(
            name="postgres",
            command=(programs / "postgres", "-D", self.data, *told),
            log=self.log,
            environment=_surroundings(self.home),
            account=account,
            stop_signal=signal.SIGINT,  # "fast": open connections are ended
        )

    def _options(self) -> dict[str, str]:
        return {
            "listen_addresses": HERE,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "jit": "off",
            "random_page_cost": "1.1",
            "max_connections": "60",
        } | ({} if self.lasting else THROWN_AWAY)

    def _initialise(self, programs: Path, account: Account | None) -> None:
        """Make it beside its place and move it there whole: it is never half there."""
        half = made(self.home / "making", 0o700, account)
        shutil.rmtree(half / "postgres", ignore_errors=True)
        word = written(half / "password", self.password, account)
        making = Service(
            name="initdb",
            command=(programs / "initdb", *self._initdb_words(programs, half, word)),
            log=self.log,
            environment=_surroundings(self.home),
            account=account,
        ).start()
        failed = making.wait() != 0
        word.unlink()
        if failed:
            raise SystemExit(f"PostgreSQL could not make its files: see {self.log}.")
        shutil.rmtree(self.data, ignore_errors=True)
        (half / "postgres").rename(self.data)
        half.rmdir()

    def _initdb_words(
        self, programs: Path, half: Path, word: Path
    ) -> tuple[str | Path, ...]:
        locale = (
            ("--locale-provider=builtin", "--locale=C.UTF-8")
            if binaries.has_builtin_locale(programs)
            else ("--locale=C",)
        )
        return (
            *("-D", half / "postgres", "-U", ADMIN, "-E", "UTF8", *locale),
            *("-A", "scram-sha-256", "--pwfile", word, "--no-instructions"),
            *(() if self.lasting else ("--no-sync",)),
        )

    def _forget_stale_pid(self) -> None:
        """Remove the mark of a server that is gone and whose number another has now."""
        mark = self.data / "postmaster.pid"
        try:
            pid = int(mark.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if "postgres" not in _command_of(pid):
            mark.unlink(missing_ok=True)


def _surroundings(home: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(home)}


def _command_of(pid: int) -> str:
    told = Path(f"/proc/{pid}/cmdline")
    if told.parent.parent.joinpath("self").exists():
        try:
            return told.read_text()
        except OSError:
            return ""
    return subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
