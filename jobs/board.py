"""The board of background work at one clinic: what needs somebody, runs, and is on time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Clinic
from jobs.actions.engine import StepRound
from jobs.health import Pulse
from jobs.models import Claim, Heartbeat, Job, Round
from jobs.queues import (
    QUEUES,
    Batch,
    Delivery,
    Expected,
    Queue,
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
    """One queue by the clock: when a worker was last there, and how much waits."""

    queue: Queue
    beat_at: datetime | None
    waiting: int
    is_late: bool


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
    rounds: list[tuple[Round, str]]


def board_of(clinic_id: int, *, on: date, at: datetime) -> Board:
    """Everything the page of the workers shows, in few queries."""
    held = _held(clinic_id)
    running, ended = _jobs(clinic_id)
    states = _states(clinic_id, on, at)
    seen = [state.beat_at for state in states if state.beat_at is not None]
    aside = sum(row.is_set_aside for row in held)
    signs = Pulse(max(seen, default=None), aside)
    return Board(
        pulse=signs,
        is_late=signs.is_late(at=at),
        set_aside=[row for row in held if row.is_set_aside],
        retried=[row for row in held if not row.is_set_aside],
        running=running,
        ended=ended,
        queues=states,
        expected=_expected(clinic_id, on),
        rounds=_rounds(clinic_id),
    )


def _held(clinic_id: int) -> list[HeldRow]:
    """What failed, set aside first; titles in one query a step."""
    failed = Claim.objects.filter(clinic=clinic_id).exclude(fault="")
    claims = list(failed.order_by("set_aside_at", "-claimed_at", "pk")[:HELD])
    ids: dict[str, list[int]] = defaultdict(list)
    for claim in claims:
        ids[claim.step].append(claim.row_id)
    titles = {step: step_named(step).titles(rows) for step, rows in ids.items()}
    return [
        HeldRow(claim, titles[claim.step].get(claim.row_id, ""), title_of(claim.step))
        for claim in claims
    ]


def _jobs(clinic_id: int) -> tuple[list[Job], list[Job]]:
    """Those that run, and the last that ended; those that run come first."""
    jobs = Job.objects.filter(clinic=clinic_id).select_related("asked_by")
    found = list(jobs.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:HELD])
    running = [job for job in found if job.is_waiting]
    return running, [job for job in found if not job.is_waiting][:ENDED]


def _states(clinic_id: int, on: date, at: datetime) -> list[QueueState]:
    """When each queue was last gone through and how many rows wait, in one query."""
    asked: dict[str, Subquery | Coalesce] = {}
    for name, queue in QUEUES.items():
        beats = Heartbeat.objects.filter(clinic=clinic_id, queue=name)
        asked[f"beat_{name}"] = Subquery(beats.values("beat_at"))
        for step in queue.steps:
            asked[step.name] = _count(step, Batch(clinic_id, on, at, queue.size))
    row = Clinic.objects.filter(pk=clinic_id).annotate(**asked).values(*asked).get()
    return [
        QueueState(
            queue,
            row[f"beat_{name}"],
            sum(row[step.name] for step in queue.steps),
            Pulse(row[f"beat_{name}"], 0).is_late(at=at),
        )
        for name, queue in QUEUES.items()
    ]


def _count(step: WorkStep | Delivery, batch: Batch) -> Coalesce:
    rows = StepRound("", step, batch).free().order_by().values("clinic")
    rows = rows.annotate(rows=Count("pk"))
    return Coalesce(Subquery(rows.values("rows")), 0)


def _expected(clinic_id: int, on: date) -> list[Expected]:
    asked = [queue.expected for queue in QUEUES.values() if queue.expected]
    return [row for ask in asked for row in ask(clinic_id, on)]


def _rounds(clinic_id: int) -> list[tuple[Round, str]]:
    rounds = Round.objects.filter(clinic=clinic_id)[:ROUNDS]
    return [(one, QUEUES[one.queue].title) for one in rounds if one.queue in QUEUES]
