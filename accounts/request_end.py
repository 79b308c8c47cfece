"""Acts at the end of a request that changed something, inside its transaction.

The rooms above say what of theirs has to be true before the change is committed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from accounts.models import Clinic, Staff


class EndOfRequest(Protocol):
    """Something done before a change is committed, for the clinic where it was made."""

    def __call__(self, *, clinic: Clinic, by: Staff | None, at: datetime) -> None: ...


type StartOfRequest = Callable[[], EndOfRequest]

STARTS: dict[str, StartOfRequest] = {}


def before_commit(start: StartOfRequest) -> None:
    """Make known what is begun with each unsafe request and ended before it commits; by
    its name, so once."""
    STARTS[start.__name__] = start


def begin_request() -> Callable[[Clinic, Staff, datetime], None]:
    """Begin all of them; what is returned ends them."""
    endings = [start() for start in STARTS.values()]

    def end(clinic: Clinic, by: Staff, at: datetime) -> None:
        for ending in endings:
            ending(clinic=clinic, by=by, at=at)

    return end
