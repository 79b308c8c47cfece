"""The queues of background work: which rows wait, and how a few of them are done.

Each app declares its own when the site starts. A queue is rows in PostgreSQL; the
broker only wakes the workers.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

type Rows = QuerySet[Any, Any]

# A row that fails is tried this often before it is set aside.
TRIES = 5
# A queue that lives hang on rests no longer than this at once: our own number, that of the
# minutes after which an alert calls the next. It then goes on by itself.
SAFETY_REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Batch:
    """How much to do now, at which clinic, on which of its days; `at` is on its clock."""

    clinic_id: int
    on: date
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row could not be done, in the class of the error alone.

    Where the way itself is shut (a mail server that does not answer), waiting helps
    and the row is not set aside.
    """

    reason: str
    is_of_the_way: bool = False


def _each_alone(row: Any) -> object:
    return row.pk


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Messages of one kind that are owed, as whoever may know is told of them.

    `rows` are asked for in one statement with those of every other kind: they carry the
    columns `record` (a number of a person in care, or nothing), `name` (of a colleague, or
    nothing), `detail`, `at_once` (whether it waits for no hour) and `about` (how many things
    stand in it).
    """

    # Words that say nothing of anybody's care.
    words: str
    rows: Callable[[Batch], Rows]
    # From when on they leave: now, or the end of the quiet hours.
    leaves_at: Callable[[Batch], datetime] = lambda batch: batch.at
    # Words for `detail`; for who reads charts.
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStep:
    """One kind of work, done in the transaction that claims its rows.

    `work` changes every row so that it waits no longer, and says what it did; nothing
    where the rows have to wait for something else.
    """

    name: str
    waiting: Callable[[Batch], Rows]
    work: Callable[[list[Any], Batch], Counter[str]]
    # Rows that failed, with their words in the column `said`: what and for whom, by record
    # number, and nothing clinical. They are asked for with those of every other step.
    titles: Callable[[], Rows] | None = None
    # What else happens when a row is set aside, or is to be tried again after all.
    on_set_aside: Callable[[int, datetime], None] | None = None
    on_try_again: Callable[[int], None] | None = None
    tries: int = TRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One kind of work with effects outside the database: claimed, done, noted.

    `deliver` gets the rows of one message (those with the same `message_of`), notes
    that it was handed over, or returns the faults by row id. A worker that dies in
    between leaves a lease, after which the rows are taken again.
    """

    name: str
    waiting: Callable[[Batch], Rows]
    deliver: Callable[[list[Any], Batch], Mapping[int, Fault]]
    message_of: Callable[[Any], object] = _each_alone
    titles: Callable[[], Rows] | None = None
    # What waits, also where it may not leave yet, counted in one statement with the rest;
    # None where that is what `waiting` says.
    owed: Callable[[Batch], Rows] | None = None
    outbox: Outbox | None = None
    tries: int = TRIES


@dataclass(frozen=True, slots=True)
class Expected:
    """How many rows one kind of work expects: now, by tomorrow, in seven days."""

    words: str
    now: int
    day: int
    week: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A message that is not owed yet, and the day on which it will be."""

    words: str
    record: str
    detail: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Steps that a worker goes through in order, batch after batch."""

    name: str
    title: str
    steps: tuple[WorkStep | Delivery, ...]
    size: int = 500
    # Done once, before the steps, with the moment of the last way through.
    prepare: Callable[[Batch, datetime | None], Counter[str]] | None = None
    expected: Callable[[int, date], list[Expected]] | None = None
    # Rows of which there may be none, by what they are called; counted on the board.
    watched: Callable[[Batch], Mapping[str, Rows]] | None = None
    foreseen: Callable[[Batch], list[Foreseen]] | None = None
    # How long it may rest at once; None where it waits for somebody.
    rests_at_most: timedelta | None = None

    @property
    def is_safety(self) -> bool:
        """Whether lives hang on it."""
        return self.rests_at_most is not None


class QueueDeclaredTwice(ValueError):
    """Two queues or two steps claim the same name."""


QUEUES: dict[str, Queue] = {}


def declare(queue: Queue) -> None:
    """Make a queue known to the workers; the same one may be declared again."""
    taken = {step.name for other in QUEUES.values() for step in other.steps}
    if QUEUES.get(queue.name) is queue:
        return
    if queue.name in QUEUES or taken & {step.name for step in queue.steps}:
        raise QueueDeclaredTwice(queue.name)
    QUEUES[queue.name] = queue


def step_named(name: str) -> WorkStep | Delivery:
    """The declared step of this name."""
    return next(
        step for queue in QUEUES.values() for step in queue.steps if step.name == name
    )


def title_of(step_name: str) -> str:
    """The words of the queue that a step belongs to."""
    return next(
        queue.title
        for queue in QUEUES.values()
        if any(step.name == step_name for step in queue.steps)
    )
