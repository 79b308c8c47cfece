"""Keeps services running: starts them, starts again what dies, ends them all."""

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from config.local.processes import Service, birth, end

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
# One that has run this long is well again: its next wait is the first.
WELL_AFTER = 60.0
PATIENCE = 20.0


def wait_before(deaths: int) -> float:
    """Seconds to wait before starting again after so many deaths in a row."""
    return float(min(FIRST_WAIT * 2 ** max(deaths - 1, 0), LONGEST_WAIT))


@dataclass
class Child:
    """One service, its process now, and how often it died lately."""

    service: Service
    process: subprocess.Popen[bytes]
    since: float
    deaths: int = 0
    again_at: float | None = None

    def is_running(self) -> bool:
        return self.process.poll() is None


class Supervisor:
    """The services of one run, in the order in which they need each other."""

    def __init__(
        self, *, say: Callable[[str], None], note: Callable[[list[list[object]]], None]
    ) -> None:
        self._children: list[Child] = []
        self._say = say
        self._note = note

    def start(self, service: Service, *, at: float) -> Child:
        child = Child(service, service.start(), since=at)
        self._children.append(child)
        self._write_down()
        return child

    def tend(self, *, at: float) -> None:
        """Notice what died, and start it again when its wait is over."""
        for child in self._children:
            if child.again_at is None and not child.is_running():
                self._notice(child, at)
            elif child.again_at is not None and at >= child.again_at:
                self._start_again(child, at)

    def _notice(self, child: Child, at: float) -> None:
        lately = at - child.since < WELL_AFTER
        child.deaths = child.deaths + 1 if lately else 1
        wait = wait_before(child.deaths)
        child.again_at = at + wait
        self._say(
            f"{child.service.name} ended ({_how(child.process)}); starting it again "
            f"in {wait:g} s. Its log: {child.service.log}"
        )

    def _start_again(self, child: Child, at: float) -> None:
        # What the dead one had started must not live beside the new one.
        end(child.process, signal.SIGKILL, 1)
        child.process = child.service.start()
        child.since, child.again_at = at, None
        self._write_down()

    def end_all(self) -> None:
        """End everything in the reverse order, each before what it needs."""
        for child in reversed(self._children):
            end(child.process, child.service.stop_signal, PATIENCE)
        self._children.clear()
        self._write_down()

    def _write_down(self) -> None:
        self._note(
            [
                [c.process.pid, birth(c.process.pid), int(c.service.stop_signal)]
                for c in self._children
            ]
        )


def _how(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"code {code}"
