"""Workers of the rehearsal, with what goes wrong with them: rounds that do not come, that
are killed half-way, that come twice."""

from collections.abc import Callable
from copy import copy
from datetime import date
from random import Random

from accounts.models import Clinic
from aftercare.actions.reconcile import Reckoning, reckon_rows, status_on
from aftercare.models import FollowUp
from aftercare.owed.owed import owed
from devtools.rehearsal.life import RehearsedPerson, moment

# Of rounds: how many do not come at all, are killed before they commit, come twice.
AWAY, KILLED, TWICE = 0.03, 0.05, 0.1


def round_of(
    person: RehearsedPerson,
    clinic: Clinic,
    today: date,
    rng: Random,
    is_here: Callable[[int], bool],
) -> bool:
    """One round over one person: what is owed is reckoned, windows pass, what was missed
    is told. Whether a second delivery of the same changed anything."""
    if rng.random() < KILLED:
        _killed(person, clinic, today, is_here)
    _reckon(person, clinic, today, is_here)
    _tell(person, today)
    if rng.random() < TWICE:
        return bool(_reckon(person, clinic, today, is_here).done)
    return False


def is_away(rng: Random) -> bool:
    return rng.random() < AWAY


def _reckon(
    person: RehearsedPerson,
    clinic: Clinic,
    today: date,
    is_here: Callable[[int], bool],
) -> Reckoning:
    """What is open and whatever has the key of a promise, as the database reads it."""
    promises = owed(person.state, today=today)
    rows = dict(person.still)
    for one in promises:
        if one.key in person.rows:
            rows[one.key] = person.rows[one.key]
    found = reckon_rows(
        person.state,
        promises,
        list(rows.values()),
        clinic=clinic,
        on=today,
        at=moment(today),
        is_here=is_here,
    )
    for row in found.new:
        person.add(row)
        rows[row.key] = row
    person.still = {key: row for key, row in rows.items() if row.is_open}
    return found


def _killed(
    person: RehearsedPerson,
    clinic: Clinic,
    today: date,
    is_here: Callable[[int], bool],
) -> None:
    """A worker that dies before it commits leaves everything as it was."""
    lost = RehearsedPerson(
        person.state,
        person.rng,
        rows={key: copy(row) for key, row in person.rows.items()},
    )
    lost.still = {key: lost.rows[key] for key in person.still}
    _reckon(lost, clinic, today, is_here)


def _tell(person: RehearsedPerson, today: date) -> None:
    """Windows pass: what is missed is marked and told, each once."""
    for row in person.still.values():
        row.status = status_on(
            today, earliest_on=row.earliest_on, latest_on=row.latest_on
        )
        if row.status == FollowUp.Status.MISSED:
            person.told.add(row.key)
