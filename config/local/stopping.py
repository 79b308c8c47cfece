"""Turns Ctrl-C and SIGTERM into one exception, once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end; no `except Exception` on the way may swallow it."""


def _raise(number: int, _: FrameType | None) -> None:
    leave_in_peace()
    raise Stopped(signal.Signals(number).name)


def leave_in_peace() -> None:
    """From here on nothing interrupts: we are ending already."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise Stopped inside the block when asked to end."""
    before = [(number, signal.signal(number, _raise)) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
