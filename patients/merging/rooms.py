"""Obstacles to making two records one, and ties that bind them then: each app's own,
registered when it is ready."""

from collections.abc import Callable, Iterator
from datetime import date

from patients.models import Patient

# Of each table, the numbers of its rows.
type Rows = dict[str, set[int]]
# In words, with what to do: what has to be settled before the first record can take in
# the second, on the clinic's day.
type Obstacles = Callable[[Patient, Patient, date], Iterator[str]]
# Of rows that went over: those that can no longer be another's.
type Bound = Callable[[Rows], Rows]

_obstacles: dict[str, Obstacles] = {}
_bound: dict[str, Bound] = {}


def register(name: str, *, obstacles: Obstacles, bound: Bound | None = None) -> None:
    """Make known what an app has to say; by its name, so once."""
    _obstacles[name] = obstacles
    if bound is not None:
        _bound[name] = bound


def to_settle(kept: Patient, gone: Patient, today: date) -> list[str]:
    """Everything that stands in the way, in words."""
    return [said for told in _obstacles.values() for said in told(kept, gone, today)]


def not_to_be_parted(went: Rows) -> Rows:
    """Of rows that went over, all that cannot be given back."""
    found: Rows = {}
    for bound in _bound.values():
        for table, rows in bound(went).items():
            found.setdefault(table, set()).update(rows)
    return found
