"""A queue server of our own (Valkey, which speaks Redis' protocol)."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path

from config.local import binaries
from config.local.places import LOGS, made, unprivileged, written
from config.local.ports import HERE
from config.local.processes import Service


@dataclass(frozen=True)
class QueueServer:
    """One queue in one folder; what was put in survives a crash if `lasting`."""

    home: Path
    port: int
    password: str
    lasting: bool = True
    log: Path = LOGS / "queue.log"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HERE}:{self.port}/0"

    def prepared(self) -> Service:
        account = unprivileged()
        program = binaries.queue(account)
        folder = made(self.home / "queue", 0o700, account)
        # In a file, since everybody can read the words of a command.
        settings = written(folder / "queue.conf", self._settings(folder), account)
        return Service(
            name="queue",
            command=(program, settings),
            log=self.log,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            account=account,
        )

    def _settings(self, folder: Path) -> str:
        return "\n".join(
            [
                f"port {self.port}",
                f"bind {HERE}",
                f'dir "{folder}"',
                f"requirepass {self.password}",
                f"appendonly {'yes' if self.lasting else 'no'}",
                'save ""',
                "maxmemory-policy noeviction",
                "loglevel warning",
                "",
            ]
        )


def answers(port: int, patience: float) -> bool:
    """Whether a server listens there before `patience` runs out."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HERE, port)) == 0:
                return True
        time.sleep(0.02)
    return False
