"""The board of background work at one clinic: what needs somebody, runs, and is on time."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Clinic
from jobs.actions.engine import StepRound
from jobs.health import PauseNow, Pulse, pause_now, pauses_column
from jobs.models import Claim, Heartbeat, Job, Round
from jobs.queues import (
    QUEUES,
    Batch,
    Delivery,
    Expected,
    Queue,
    Rows,
    WorkStep,
    step_named,
    title_of,
)

ROUNDS = 20
HELD = 50
ENDED = 5


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that failed: set aside, or tried again later by itself."""

    claim: Claim
    title: str
    detail: str

    @property
    def is_set_aside(self) -> bool:
        return self.claim.set_aside_at is not None


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue by the clock: when a worker was last there, how much waits, since when it
    rests."""

    queue: Queue
    beat_at: datetime | None
    waiting: int
    is_late: bool
    pause: PauseNow | None


@dataclass(frozen=True, slots=True)
class WatchedZero:
    """Something of which there may be none, and how many there are."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class RoundDone:
    """What a worker did on one way through a queue."""

    title: str
    done_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Board:
    pulse: Pulse
    is_late: bool
    set_aside: list[HeldRow]
    retried: list[HeldRow]
    running: list[Job]
    ended: list[Job]
    queues: list[QueueState]
    expected: list[Expected]
    watched: list[WatchedZero]
    rounds: list[RoundDone]

    @property
    def paused(self) -> list[QueueState]:
        return [state for state in self.queues if state.pause]

    @property
    def may_rest(self) -> bool:
        """Whether any queue that lives do not hang on is at work."""
        return any(not s.pause and not s.queue.is_safety for s in self.queues)


def board_of(clinic_id: int, *, on: date, at: datetime) -> Board:
    """Everything the page of the workers shows: five statements, whatever there is."""
    held = _held(clinic_id)
    running, ended = _jobs(clinic_id)
    batch = Batch(clinic_id, on, at, size=0)
    row = _columns(batch)
    states = _states(row, at)
    seen = [state.beat_at for state in states if state.beat_at is not None]
    aside = sum(one.is_set_aside for one in held)
    signs = Pulse(max(seen, default=None), aside)
    return Board(
        pulse=signs,
        is_late=signs.is_late(at=at),
        set_aside=[one for one in held if one.is_set_aside],
        retried=[one for one in held if not one.is_set_aside],
        running=running,
        ended=ended,
        queues=states,
        expected=_expected(clinic_id, on),
        watched=[WatchedZero(words, row[key]) for key, words, _ in _watched(batch)],
        rounds=_rounds(row["rounds"]),
    )


def _held(clinic_id: int) -> list[HeldRow]:
    """What failed, set aside first; what each is about in one statement more."""
    failed = Claim.objects.filter(clinic=clinic_id).exclude(fault="")
    claims = list(failed.order_by("set_aside_at", "-claimed_at", "pk")[:HELD])
    ids: dict[str, list[int]] = defaultdict(list)
    for claim in claims:
        ids[claim.step].append(claim.row_id)
    titles = _titles(ids)
    return [
        HeldRow(claim, titles.get((claim.step, claim.row_id), ""), title_of(claim.step))
        for claim in claims
    ]


def _titles(ids: dict[str, list[int]]) -> dict[tuple[str, int], str]:
    """Words by step and row, of steps that have any."""
    arms = [
        titles()
        .filter(pk__in=rows)
        .order_by()
        .annotate(step=Value(step))
        .values_list("step", "pk", "said")
        for step, rows in ids.items()
        if (titles := step_named(step).titles)
    ]
    if not arms:
        return {}
    found = arms[0].union(*arms[1:], all=True).order_by()
    return {(step, pk): said for step, pk, said in found}


def _jobs(clinic_id: int) -> tuple[list[Job], list[Job]]:
    """Those that run, and the last that ended; those that run come first."""
    jobs = Job.objects.filter(clinic=clinic_id).select_related("asked_by")
    found = list(jobs.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:HELD])
    running = [job for job in found if job.is_waiting]
    return running, [job for job in found if not job.is_waiting][:ENDED]


def _columns(batch: Batch) -> dict[str, Any]:
    """When each queue was last gone through, how many rows wait, what rests, what has to
    be none, and what was done last; in one statement."""
    clinic_id = batch.clinic_id
    asked: dict[str, Subquery | Coalesce | ArraySubquery] = {
        "pauses": pauses_column(clinic_id, at=batch.at),
        "rounds": _last_rounds(clinic_id),
    }
    for name, queue in QUEUES.items():
        beats = Heartbeat.objects.filter(clinic=clinic_id, queue=name)
        asked[f"beat_{name}"] = Subquery(beats.values("beat_at"))
        for step in queue.steps:
            asked[step.name] = _count(step, replace(batch, size=queue.size))
    for key, _, rows in _watched(batch):
        asked[key] = _number_of(rows.filter(clinic=clinic_id))
    rows = Clinic.objects.filter(pk=clinic_id).annotate(**asked)
    found: dict[str, Any] = rows.values(*asked).get()
    return found


def _watched(batch: Batch) -> list[tuple[str, str, Rows]]:
    found = [queue.watched(batch) for queue in QUEUES.values() if queue.watched]
    every = ((words, rows) for one in found for words, rows in one.items())
    return [(f"watched_{n}", words, rows) for n, (words, rows) in enumerate(every)]


def _states(row: dict[str, Any], at: datetime) -> list[QueueState]:
    pauses = {one.queue: one for one in map(pause_now, row["pauses"])}
    return [
        QueueState(
            queue,
            row[f"beat_{name}"],
            sum(row[step.name] for step in queue.steps),
            Pulse(row[f"beat_{name}"], 0).is_late(at=at),
            pauses.get(name),
        )
        for name, queue in QUEUES.items()
    ]


def _count(step: WorkStep | Delivery, batch: Batch) -> Coalesce:
    """Rows that wait and may be taken, also those that wait for their hour."""
    taken = StepRound("", step, batch)
    if not isinstance(step, Delivery) or step.owed is None:
        return _number_of(taken.free())
    held = taken.claims().holding_back(at=batch.at).values("row_id")
    owed = step.owed(batch).filter(clinic=batch.clinic_id)
    return _number_of(owed.exclude(pk__in=held))


def _number_of(rows: Rows) -> Coalesce:
    of_clinic = rows.order_by().values("clinic").annotate(rows=Count("pk"))
    return Coalesce(Subquery(of_clinic.values("rows")), 0)


def _expected(clinic_id: int, on: date) -> list[Expected]:
    asked = [queue.expected for queue in QUEUES.values() if queue.expected]
    return [row for ask in asked for row in ask(clinic_id, on)]


def _last_rounds(clinic_id: int) -> ArraySubquery:
    rounds = Round.objects.filter(clinic=clinic_id, queue__in=list(QUEUES))
    told = JSONObject(queue="queue", at="done_at", counts="counts")
    return ArraySubquery(rounds.values(told=told)[:ROUNDS])


def _rounds(told: list[dict[str, Any]]) -> list[RoundDone]:
    return [
        RoundDone(
            QUEUES[one["queue"]].title,
            datetime.fromisoformat(one["at"]),
            {name.replace("_", " "): count for name, count in one["counts"].items()},
        )
        for one in told
    ]
