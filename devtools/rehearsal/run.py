"""The rehearsal as a whole: people through years of care, and counts of what may not be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from accounts.models import Clinic
from aftercare.models import FollowUp
from aftercare.owed.state import CarePhase
from devtools.rehearsal.life import (
    FIRST,
    Colleagues,
    RehearsedPerson,
    doubled,
    moment,
    new_person,
)
from devtools.rehearsal.workers import is_away, round_of

DAY = timedelta(days=1)
Status = FollowUp.Status
FAULTS = (
    "without a next step",
    "missed without telling",
    "doubled",
    "changed by a second delivery",
    "owed to the dead",
    "acts after death",
    "withdrawn without a reason",
    "outside their window without a named reason",
    "on a closed day though their window has an open one",
    "held by somebody who left",
)
# What is told of the lives, so that a run shows what it went through.
TOLD = ("moved to another clinic", "died", "came back", "rounds that did not come")


@dataclass
class RehearsalResult:
    """Counts of one run; `steps` are reckonings."""

    faults: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    people: int = 0
    steps: int = 0
    rows: int = 0

    def __add__(self, other: "RehearsalResult") -> "RehearsalResult":
        return RehearsalResult(
            self.faults + other.faults,
            self.told + other.told,
            self.people + other.people,
            self.steps + other.steps,
            self.rows + other.rows,
        )


def rehearse(people: range, *, days: int, seed: int, step: int) -> RehearsalResult:
    """Each of these people through so many days, reckoned every `step` days."""
    result = RehearsalResult(people=len(people))
    last = FIRST + days * DAY
    for number in people:
        person = new_person(number, seed)
        begins = person.state.episode.referred_on
        trouble = Random(f"{seed}:{number}:workers")  # noqa: S311 - no secret
        records = [(person, begins)]
        while records:
            one, since = records.pop()
            records += _years(one, since, last, step, trouble, result)
    return result


def _years(
    person: RehearsedPerson,
    since: date,
    last: date,
    step: int,
    trouble: Random,
    result: RehearsalResult,
) -> list[tuple[RehearsedPerson, date]]:
    """One record to the last day; the records elsewhere that it leads to."""
    clinic, colleagues = Clinic(pk=1, time_zone="UTC"), Colleagues()
    moved: list[tuple[RehearsedPerson, date]] = []
    today = since
    round_of(person, clinic, today, trouble, colleagues.is_here)
    while today < last:
        today += step * DAY
        colleagues.come_and_go(today)
        elsewhere = person.live(today, colleagues)
        if elsewhere is not None:
            moved.append((elsewhere, today))
        if is_away(trouble):
            result.told["rounds that did not come"] += 1
            continue
        if round_of(person, clinic, today, trouble, colleagues.is_here):
            result.faults["changed by a second delivery"] += 1
        result.steps += 1
        result.faults.update(faults_of(person, today, colleagues))
    result.faults.update(faults_at_last(person))
    result.rows += len(person.rows)
    result.told["moved to another clinic"] += len(moved)
    result.told["died"] += person.died_at is not None
    result.told["came back"] += person.state.episode.number - 1
    return moved


def faults_of(
    person: RehearsedPerson, today: date, colleagues: Colleagues
) -> Iterator[str]:
    """What may never be after a round, each by its name."""
    still = list(person.still.values())
    declined = person.state.episode.declined_on is not None
    if person.state.phase is CarePhase.DIED:
        yield from ["owed to the dead" for _ in still]
        return
    if not still and not (person.state.phase is CarePhase.LEFT and declined):
        yield "without a next step"
    for row in still:
        yield from _of_row(person, row, today)
        if colleagues.is_gone(row):
            yield "held by somebody who left"
    yield from doubled(still)


def _of_row(person: RehearsedPerson, row: FollowUp, today: date) -> Iterator[str]:
    if row.latest_on < today and row.key not in person.told:
        yield "missed without telling"
    if row.moved_at is not None:
        return
    if not row.earliest_on <= row.due_on <= row.latest_on:
        yield "outside their window without a named reason"
    days = person.state.clinic.open_days
    if not days.is_open(row.due_on):
        other = days.within(row.due_on, row.earliest_on, row.latest_on)
        if other != row.due_on:
            yield "on a closed day though their window has an open one"


def faults_at_last(person: RehearsedPerson) -> Iterator[str]:
    """What the whole record shows at its end."""
    for row in person.rows.values():
        if row.status == Status.CANCELLED and not row.outcome:
            yield "withdrawn without a reason"
        if person.died_at is None:
            continue
        done_on = row.kept_on if row.status == Status.DONE else None
        if row.created_at > person.died_at or (
            done_on is not None and moment(done_on) > person.died_at
        ):
            yield "acts after death"
