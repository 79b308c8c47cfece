"""Pauses of queues: asked for with a reason, ended by somebody or by themselves, and
honoured by the workers, also those that are at it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zlib import crc32

from django.db import connection, transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from jobs.models import QueuePause
from jobs.queues import QUEUES

# Both ask for one lock a queue of a clinic: a worker as it is about to keep a batch, side
# by side with others; whoever pauses alone. What was kept was kept before the pause.
SHARED, ALONE = "pg_advisory_xact_lock_shared", "pg_advisory_xact_lock"
SPACE = "queue-pause"


class NotPaused(Refused):
    """A queue that rests already, or may not rest so long, is not paused."""


class TooLong(NotPaused):
    """A queue that lives hang on rests for minutes, and not twice in a row."""

    field = "minutes"


class GoesOnAlready(Refused):
    """The pause is over."""


class QueuePaused(Exception):
    """Somebody paused the queue while a batch of it was under way."""


def is_paused(queue: str, *, clinic_id: int, at: datetime) -> bool:
    found = QueuePause.objects.filter(clinic=clinic_id, queue=queue)
    return found.in_force(at=at).exists()


def stop_if_paused(queue: str, *, clinic_id: int, at: datetime) -> None:
    """Keep nothing of what a worker is about to commit once somebody has paused it."""
    _hold(SHARED, clinic_id, queue)
    if is_paused(queue, clinic_id=clinic_id, at=at):
        raise QueuePaused(queue)


@transaction.atomic
def pause_queues(
    *,
    clinic: Clinic,
    queues: Iterable[str],
    reason: str,
    minutes: int | None,
    by: Staff,
    at: datetime,
) -> list[QueuePause]:
    """Let queues rest from now on; those that rest already stay as they are."""
    made = []
    for name in sorted(queues):
        _hold(ALONE, clinic.pk, name)
        if is_paused(name, clinic_id=clinic.pk, at=at):
            continue
        made.append(_pause(clinic, name, reason, minutes, by=by, at=at))
    if not made:
        raise NotPaused("It is paused already.")
    return made


def _pause(
    clinic: Clinic,
    name: str,
    reason: str,
    minutes: int | None,
    *,
    by: Staff,
    at: datetime,
) -> QueuePause:
    _may_rest(clinic, name, minutes, at)
    over = QueuePause.objects.open().filter(clinic=clinic, queue=name)
    for one in over:
        one.ended_at = one.until
        one.save(update_fields=["ended_at"])
    pause = QueuePause.objects.create(
        clinic=clinic,
        queue=name,
        reason=reason,
        paused_at=at,
        paused_by=by,
        until=at + timedelta(minutes=minutes) if minutes else None,
    )
    audit.record("queue.paused", pause, by=by, at=at, queue=name, minutes=minutes)
    return pause


def _may_rest(clinic: Clinic, name: str, minutes: int | None, at: datetime) -> None:
    """Refuse what lives hang on a long rest, and a rest as soon as it has gone on."""
    most = QUEUES[name].rests_at_most
    if most is None:
        return
    at_most = int(most.total_seconds() // 60)
    if not minutes or minutes > at_most:
        raise TooLong(f"{QUEUES[name].title}: {at_most} minutes at most.")
    last = QueuePause.objects.filter(clinic=clinic, queue=name).first()
    if last is not None and (last.ended_at or last.until or at) + most > at:
        raise TooLong(
            f"{QUEUES[name].title}: it rested a short while ago and has to run"
            f" for {at_most} minutes first."
        )


@transaction.atomic
def go_on(*, pause: QueuePause, by: Staff, at: datetime) -> QueuePause:
    """Let the workers take up what waited."""
    held = QueuePause.objects.select_for_update().get(pk=pause.pk)
    if held.ended_at is not None or (held.until is not None and held.until <= at):
        raise GoesOnAlready("It goes on already.")
    held.ended_at, held.ended_by = at, by
    held.save(update_fields=["ended_at", "ended_by"])
    audit.record("queue.goes_on", held, by=by, at=at, queue=held.queue)
    return held


def _hold(lock: str, clinic_id: int, queue: str) -> None:
    key = crc32(f"{SPACE}:{clinic_id}:{queue}".encode())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [key])
