"""Health of the workers: when they were last here, what they set aside, what rests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import JSONObject

from accounts import tenancy
from accounts.models import Clinic
from jobs.models import Claim, Heartbeat, QueuePause
from jobs.queues import QUEUES

# The clock rings every fifteen seconds.
LATE = timedelta(minutes=1)
# Silence of all the workers of a clinic, after which those who answer for it are told on
# every page; our own number: what is shorter, a restart explains.
SILENT = timedelta(minutes=3)
# The same of one queue that lives hang on while others go on: a long reckoning of a large
# clinic is no silence.
STUCK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last heartbeat of any worker, how many rows wait for somebody, how many clinics
    hear nothing of the workers, and how many queues rest, of them those of safety."""

    beat_at: datetime | None
    set_aside: int
    silent: int = 0
    paused: int = 0
    paused_safety: int = 0

    def is_late(self, *, at: datetime) -> bool:
        return self.beat_at is None or self.beat_at + LATE < at


def pulse(*, at: datetime) -> Pulse:
    """Of the whole site."""
    with tenancy.every_clinic(actor="system:health"):
        resting = list(
            QueuePause.objects.in_force(at=at).values_list("queue", flat=True)
        )
        return Pulse(
            _last_beat(),
            Claim.objects.set_aside().count(),
            silent=_silent_clinics(at),
            paused=len(resting),
            paused_safety=len(safety_queues() & set(resting)),
        )


def are_late(*, at: datetime) -> bool:
    """Whether no worker was anywhere on this site lately."""
    with tenancy.every_clinic(actor="system:health"):
        return Pulse(_last_beat(), 0).is_late(at=at)


def _last_beat() -> datetime | None:
    last: datetime | None = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return last


def _silent_clinics(at: datetime) -> int:
    beats = Heartbeat.objects.filter(clinic=OuterRef("pk"))
    fresh = beats.filter(beat_at__gte=at - SILENT)
    stuck = beats.filter(queue__in=safety_queues(), beat_at__lt=at - STUCK)
    return Clinic.objects.filter(~Exists(fresh) | Exists(stuck)).count()


def safety_queues() -> set[str]:
    return {name for name, queue in QUEUES.items() if queue.is_safety}


@dataclass(frozen=True, slots=True)
class PauseNow:
    """A pause in force, as a page tells it."""

    pk: int
    queue: str
    reason: str
    paused_at: datetime
    until: datetime | None
    by: str

    @property
    def title(self) -> str:
        return QUEUES[self.queue].title

    @property
    def is_safety(self) -> bool:
        return QUEUES[self.queue].is_safety


def pauses_column(clinic: OuterRef | int, *, at: datetime) -> ArraySubquery:
    """The pauses in force of a clinic, as a column of any statement."""
    rows = QueuePause.objects.in_force(at=at).filter(
        clinic=clinic, queue__in=list(QUEUES)
    )
    fields = ("pk", "queue", "reason", "paused_at", "until")
    of = JSONObject(**dict(zip(fields, fields, strict=True)), by="paused_by__name")
    return ArraySubquery(rows.order_by("paused_at", "pk").values(told=of))


def pause_now(told: Mapping[str, str]) -> PauseNow:
    until = told["until"]
    return PauseNow(
        pk=int(told["pk"]),
        queue=told["queue"],
        reason=told["reason"],
        paused_at=datetime.fromisoformat(told["paused_at"]),
        until=datetime.fromisoformat(until) if until else None,
        by=told["by"],
    )


@dataclass(frozen=True, slots=True)
class WorkSigns:
    """What the bar above every page says of the workers of one clinic: since when they are
    silent, which queue of safety nobody goes through, and which of those rests."""

    is_silent: bool
    silent_since: datetime | None
    stuck: tuple[str, ...]
    paused: tuple[PauseNow, ...]

    def __bool__(self) -> bool:
        return bool(self.is_silent or self.stuck or self.paused)


def work_signs(clinic_id: int, *, at: datetime) -> WorkSigns:
    """In one statement."""
    beats = Heartbeat.objects.filter(clinic=OuterRef("pk"))
    told = beats.values(told=JSONObject(queue="queue", at="beat_at"))
    row = (
        Clinic.objects.filter(pk=clinic_id)
        .values(beats=ArraySubquery(told), pauses=pauses_column(OuterRef("pk"), at=at))
        .get()
    )
    beat_at = {one["queue"]: datetime.fromisoformat(one["at"]) for one in row["beats"]}
    last = max(beat_at.values(), default=None)
    is_silent = last is None or last < at - SILENT
    stuck = [
        QUEUES[name].title
        for name in sorted(safety_queues() & beat_at.keys())
        if beat_at[name] < at - STUCK
    ]
    pauses = [pause_now(one) for one in row["pauses"]]
    return WorkSigns(
        is_silent=is_silent,
        silent_since=last,
        stuck=() if is_silent else tuple(stuck),
        paused=tuple(one for one in pauses if one.is_safety),
    )
