"""One run at a time: who holds this checkout's servers, and where they are."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.local.places import STATE, made, written


class HoldTaken(Exception):
    """Another process of this checkout runs the servers."""


@contextmanager
def held(state: Path = STATE) -> Iterator["Notes"]:
    """Hold the servers for the block; the system lets go however we end."""
    made(state, 0o700)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HoldTaken from None
        notes = Notes(state / "run.json")
        yield notes
        notes.forget()


class Notes:
    """What the holder wrote down, for others to read and for its successor to tidy."""

    def __init__(self, path: Path = STATE / "run.json") -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def add(self, **told: object) -> None:
        written(self._path, json.dumps(self.read() | told))

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
