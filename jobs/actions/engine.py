"""The one way through a queue: claim a few rows, do them, note how they fared.

Any number of workers may go through the same queue, again, or be killed in between:
rows are claimed with SKIP LOCKED, and each batch is a transaction of its own that sees
one clinic alone. A row that fails is done by itself, waits longer each time, and is set
aside at last, so that it holds up nobody else.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet

from accounts import tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from jobs.models import Claim, Heartbeat, Round
from jobs.queues import Batch, Delivery, Fault, Queue, Rows, WorkStep

logger = logging.getLogger(__name__)

# Wait after the first try, doubled with each further one, up to the last here. The
# shortest must outlast one mail's timeout, since it is the lease too.
WAITS = tuple(timedelta(minutes=2**tries) for tries in range(1, 7))
# A heartbeat is written at most this often.
BEAT_STEP = timedelta(seconds=10)
# The database itself is away: no fault of a row.
AWAY = (OperationalError, InterfaceError)


def at_work(clinic_id: int, actor: str) -> AbstractContextManager[None]:
    """A transaction of the workers, at this clinic alone."""
    return tenancy.clinics([clinic_id], actor=f"system:{actor}")


def run_queue(
    queue: Queue, *, clinic_id: int, at: datetime, size: int | None = None
) -> Counter[str]:
    """Go through a queue of one clinic until nothing is left; what was done."""
    clinic = Clinic.objects.get(pk=clinic_id)
    batch = Batch(clinic_id, clinic_day(clinic, at), at, size or queue.size)
    done: Counter[str] = Counter()
    if queue.prepare is not None:
        with at_work(clinic_id, queue.name):
            done += queue.prepare(batch, last_beat(queue, clinic_id))
    for step in queue.steps:
        done += _drained(queue, step, batch)
    with at_work(clinic_id, queue.name):
        note_round(queue, clinic_id, done, at)
    return done


def last_beat(queue: Queue, clinic_id: int) -> datetime | None:
    beats = Heartbeat.objects.filter(clinic=clinic_id, queue=queue.name)
    return beats.values_list("beat_at", flat=True).first()


def note_round(queue: Queue, clinic_id: int, done: Counter[str], at: datetime) -> None:
    """Leave a heartbeat, and a line where something was done."""
    beat, is_new = Heartbeat.objects.get_or_create(
        clinic_id=clinic_id, queue=queue.name, defaults={"beat_at": at}
    )
    if not is_new and (done or beat.beat_at + BEAT_STEP <= at):
        Heartbeat.objects.filter(pk=beat.pk).update(beat_at=at)
    if done:
        Round.objects.create(
            clinic_id=clinic_id, queue=queue.name, done_at=at, counts=dict(done)
        )


def _drained(queue: Queue, step: WorkStep | Delivery, batch: Batch) -> Counter[str]:
    """Everything that waits for one step, batch after batch."""
    done: Counter[str] = Counter()
    while True:
        taken, counts = _one_batch(queue, step, batch)
        done += counts
        if not counts or taken < batch.size:
            return done


def _one_batch(
    queue: Queue, step: WorkStep | Delivery, batch: Batch
) -> tuple[int, Counter[str]]:
    if isinstance(step, Delivery):
        return _delivered(queue, step, batch)
    ids: list[int] = []
    try:
        with at_work(batch.clinic_id, queue.name):
            rows = claimed(step, batch)
            ids += [row.pk for row in rows]
            counts = step.work(rows, batch) if rows else Counter()
            _forget(step, batch, ids)
            return len(ids), counts
    except AWAY:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the other rows go on
        return len(ids), _one_by_one(queue, step, batch, ids)


def claimed(step: WorkStep | Delivery, batch: Batch) -> list[Any]:
    """A few rows of this clinic that nobody holds and nothing holds back."""
    return _locked(free(step, batch)[: batch.size])


def _locked(rows: Rows) -> list[Any]:
    return list(rows.select_for_update(skip_locked=True, of=("self",)))


def free(step: WorkStep | Delivery, batch: Batch) -> Rows:
    """The rows that wait and may be taken now."""
    held = Claim.objects.filter(clinic=batch.clinic_id, step=step.name)
    held_ids = held.holding_back(at=batch.at).values("row_id")
    return step.waiting(batch).filter(clinic=batch.clinic_id).exclude(pk__in=held_ids)


def _one_by_one(
    queue: Queue, step: WorkStep, batch: Batch, ids: Iterable[int]
) -> Counter[str]:
    """The rows of a batch that failed, each alone: one bad row stops no other."""
    done: Counter[str] = Counter()
    for pk in ids:
        try:
            with at_work(batch.clinic_id, queue.name):
                rows = _locked(free(step, batch).filter(pk=pk))
                done += step.work(rows, batch) if rows else Counter()
                _forget(step, batch, [pk])
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - kept as the row's fault
            with at_work(batch.clinic_id, queue.name):
                _note_fault(step, batch, pk, Fault(type(error).__name__))
            done += Counter(failed=1)
    return done


def _note_fault(step: WorkStep, batch: Batch, pk: int, fault: Fault) -> None:
    lease(step, batch, [pk])
    _fail(step, batch, {pk: fault})


def _delivered(queue: Queue, step: Delivery, batch: Batch) -> tuple[int, Counter[str]]:
    """Claim and commit; then hand over, and note how each row fared."""
    with at_work(batch.clinic_id, queue.name):
        rows = claimed(step, batch)
        ids = [row.pk for row in rows]
        lease(step, batch, ids)
    if not rows:
        return 0, Counter()
    try:
        with at_work(batch.clinic_id, queue.name):
            faults = step.deliver(rows, batch)
    except AWAY:
        raise
    except Exception as error:
        logger.exception("%s failed for %d rows", step.name, len(ids))
        faults = dict.fromkeys(ids, Fault(type(error).__name__))
    with at_work(batch.clinic_id, queue.name):
        _forget(step, batch, [pk for pk in ids if pk not in faults])
        _fail(step, batch, faults)
    return len(ids), +Counter(sent=len(ids) - len(faults), failed=len(faults))


def _claims(
    step: WorkStep | Delivery, batch: Batch, ids: Iterable[int]
) -> QuerySet[Claim]:
    return Claim.objects.filter(clinic=batch.clinic_id).of_rows(step.name, ids)


def lease(step: WorkStep | Delivery, batch: Batch, ids: list[int]) -> None:
    """Count a try for each row, which nobody else takes until the lease is over."""
    until = batch.at + WAITS[0]
    Claim.objects.bulk_create(
        [
            Claim(
                clinic_id=batch.clinic_id,
                step=step.name,
                row_id=pk,
                claimed_at=batch.at,
            )
            for pk in ids
        ],
        ignore_conflicts=True,
    )
    _claims(step, batch, ids).update(
        tries=F("tries") + 1, claimed_at=batch.at, leased_until=until, next_try_at=None
    )


def _forget(step: WorkStep | Delivery, batch: Batch, ids: list[int]) -> None:
    if ids:
        _claims(step, batch, ids).delete()


def _fail(step: WorkStep | Delivery, batch: Batch, faults: Mapping[int, Fault]) -> None:
    """Keep why each failed and when it is tried again; at last set it aside."""
    for claim in _claims(step, batch, faults).select_for_update():
        fault = faults[claim.row_id]
        claim.fault = fault.reason[:120]
        claim.leased_until = None
        claim.next_try_at = batch.at + wait_after(claim.tries)
        if claim.tries >= step.tries and not fault.is_of_the_way:
            claim.set_aside_at = batch.at
            if isinstance(step, WorkStep) and step.on_set_aside is not None:
                step.on_set_aside(claim.row_id, batch.at)
        claim.save()


def wait_after(tries: int) -> timedelta:
    """How long a row waits after so many tries."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]
