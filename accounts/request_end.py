"""Acts at the end of a request that changed something, inside its transaction.

The rooms above say what of theirs has to be true before the change is committed.
"""

from datetime import datetime
from typing import Protocol

from accounts.models import Clinic, Staff


class EndOfRequest(Protocol):
    """What is done for the clinic where somebody acted."""

    def __call__(self, *, clinic: Clinic, by: Staff | None, at: datetime) -> None: ...


ENDINGS: dict[str, EndOfRequest] = {}


def before_commit(ending: EndOfRequest) -> None:
    """Make known what is done before each change is committed; by its name, so once."""
    ENDINGS[ending.__name__] = ending  # type: ignore[attr-defined]


def end_request(*, clinic: Clinic, by: Staff | None, at: datetime) -> None:
    for ending in ENDINGS.values():
        ending(clinic=clinic, by=by, at=at)
