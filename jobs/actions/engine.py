"""The one way through a queue: claim a few rows, do them, note how they fared.

Any number of workers may go through the same queue, again, or be killed in between:
rows are claimed with SKIP LOCKED, and each batch is a transaction of its own that sees
one clinic alone. A row that fails, or was in a batch whose worker was lost, is done by
itself under a lease, waits longer each time, and is set aside at last, so that it holds
up nobody else. A queue that somebody paused rests: what is under way is not kept.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import F

from accounts import tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_clock, clinic_day
from jobs.actions.pauses import QueuePaused, is_paused, stop_if_paused
from jobs.models import Claim, ClaimQuerySet, Heartbeat, OpenBatch, Round
from jobs.queues import Batch, Delivery, Fault, Queue, Rows, WorkStep

logger = logging.getLogger(__name__)

# Wait after the first try, doubled with each further one, up to the last here. The
# shortest must outlast one mail's timeout, since it is the lease too.
WAITS = tuple(timedelta(minutes=2**tries) for tries in range(1, 7))
# A heartbeat is written at most this often.
BEAT_STEP = timedelta(seconds=10)
# A batch that was begun so long ago and not ended lost its worker.
LOST_AFTER = timedelta(minutes=5)
LOST = "WorkerLost"
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
    here = clinic_clock(clinic, at)
    batch = Batch(clinic_id, clinic_day(clinic, at), here, size or queue.size)
    done: Counter[str] = _prepared(queue, batch)
    for step in queue.steps:
        done += StepRound(queue.name, step, batch).drain()
    with at_work(clinic_id, queue.name):
        note_round(queue, clinic_id, done, at)
    return done


def _prepared(queue: Queue, batch: Batch) -> Counter[str]:
    """What is done once before the steps; nothing while the queue rests."""
    if queue.prepare is None:
        return Counter()
    try:
        with at_work(batch.clinic_id, queue.name):
            if is_paused(queue.name, clinic_id=batch.clinic_id, at=batch.at):
                return Counter()
            done = queue.prepare(batch, last_beat(queue, batch.clinic_id))
            stop_if_paused(queue.name, clinic_id=batch.clinic_id, at=batch.at)
            return done
    except QueuePaused:
        return Counter()


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


@dataclass(frozen=True, slots=True)
class StepRound:
    """One step of a queue, gone through once at one clinic."""

    queue: str
    step: WorkStep | Delivery
    batch: Batch

    def at_work(self) -> AbstractContextManager[None]:
        return at_work(self.batch.clinic_id, self.queue)

    def drain(self) -> Counter[str]:
        """Do everything that waits: what was tried before each alone, then the rest
        batch after batch."""
        done = self._careful_pass()
        while True:
            taken, counts = self._one_batch()
            done += counts
            if not counts or taken < self.batch.size:
                return done

    def _careful_pass(self) -> Counter[str]:
        """Rows that were tried before, each alone; all rows where a worker was lost,
        since one of them may have taken it along."""
        with self.at_work():
            if self.rests():
                return Counter()
            begun = OpenBatch.objects.filter(
                clinic=self.batch.clinic_id, step=self.step.name
            )
            lost = list(begun.filter(begun_at__lt=self.batch.at - LOST_AFTER))
            rows = self.free()
            if not lost:
                rows = rows.filter(pk__in=self.claims().values("row_id"))
            units = self._units(rows)
        done = sum((self._alone(ids) for ids in units), Counter[str]())
        if lost:
            with self.at_work():
                OpenBatch.objects.filter(pk__in=[one.pk for one in lost]).delete()
        return done

    def _one_batch(self) -> tuple[int, Counter[str]]:
        """Up to a batch of rows that were never tried; how many, and what was done."""
        with self.at_work():
            if self.rests() or not self.untried().exists():
                return 0, Counter()
            mark = OpenBatch.objects.create(
                clinic_id=self.batch.clinic_id,
                step=self.step.name,
                begun_at=self.batch.at,
            )
        units: list[list[int]] = []
        try:
            counts = self._done_at_once(units)
        except AWAY:
            raise
        except QueuePaused:
            units, counts = [], Counter()
        except Exception:  # noqa: BLE001 - whatever it is, the other rows go on
            counts = sum((self._alone(ids) for ids in units), Counter[str]())
        with self.at_work():
            mark.delete()
        return sum(map(len, units)), counts

    def _done_at_once(self, units: list[list[int]]) -> Counter[str]:
        """A batch in the transaction that claims it; messages are claimed first, then
        handed over and noted one by one, so that a worker that dies leaves one in
        doubt and no more. Fills `units` with what it took."""
        step = self.step
        with self.at_work():
            rows = locked(self.untried()[: self.batch.size])
            units += self._units(rows)
            if isinstance(step, WorkStep):
                counts = step.work(rows, self.batch) if rows else Counter()
                self.stop_if_paused()
                return counts
            self.lease([row.pk for row in rows])
        return sum((self._under_lease(ids) for ids in units), Counter[str]())

    def _units(self, rows: Iterable[Any]) -> list[list[int]]:
        """Ids of rows that are done together: of one message, else each by itself."""
        step = self.step
        units: dict[object, list[int]] = defaultdict(list)
        for row in rows:
            key = step.message_of(row) if isinstance(step, Delivery) else row.pk
            units[key].append(row.pk)
        return list(units.values())

    def _alone(self, ids: list[int]) -> Counter[str]:
        """Rows under a lease of their own: one that takes its worker along, or the
        database's connection, has its try counted, and is set aside at last."""
        with self.at_work():
            held = [row.pk for row in locked(self.free().filter(pk__in=ids))]
            worn = self.claims(held).lost_at_last_try(self.step.tries)
            faults = dict.fromkeys(worn.values_list("row_id", flat=True), Fault(LOST))
            self._fail(faults)
            left = [pk for pk in held if pk not in faults]
            self.lease(left)
        return +Counter(failed=len(faults)) + self._under_lease(left)

    def _under_lease(self, ids: list[int]) -> Counter[str]:
        """Do what is leased, and note how it fared; what another worker has taken or
        done meanwhile is left to it."""
        try:
            with self.at_work():
                if self.rests():
                    raise QueuePaused(self.queue)
                rows = locked(self.waiting().filter(pk__in=ids))
                done, faults = self._do(rows)
                self.claims([pk for pk in ids if pk not in faults]).delete()
                self._fail(faults)
                if isinstance(self.step, WorkStep):
                    self.stop_if_paused()
                return done
        except QueuePaused:
            with self.at_work():
                self._give_back(ids)
            return Counter()
        except AWAY:
            raise
        except Exception as error:
            logger.exception("%s failed for %d rows", self.step.name, len(ids))
            with self.at_work():
                self._fail(dict.fromkeys(ids, Fault(type(error).__name__)))
            return Counter(failed=len(ids))

    def _do(self, rows: list[Any]) -> tuple[Counter[str], Mapping[int, Fault]]:
        if not rows:
            return Counter(), {}
        if isinstance(self.step, WorkStep):
            return self.step.work(rows, self.batch), {}
        faults = self.step.deliver(rows, self.batch)
        return +Counter(sent=len(rows) - len(faults), failed=len(faults)), faults

    def waiting(self) -> Rows:
        return self.step.waiting(self.batch).filter(clinic=self.batch.clinic_id)

    def untried(self) -> Rows:
        """The rows that wait and never failed, nor were anybody's lease."""
        return self.waiting().exclude(pk__in=self.claims().values("row_id"))

    def free(self) -> Rows:
        """The rows that wait and may be taken now."""
        held = self.claims().holding_back(at=self.batch.at)
        return self.waiting().exclude(pk__in=held.values("row_id"))

    def claims(self, ids: Iterable[int] | None = None) -> ClaimQuerySet:
        """How rows of this step stand that are more than waiting."""
        of_step = Claim.objects.filter(clinic=self.batch.clinic_id, step=self.step.name)
        return of_step if ids is None else of_step.filter(row_id__in=list(ids))

    def lease(self, ids: list[int]) -> None:
        """Count a try for each row, which nobody else takes until the lease is over."""
        if not ids:
            return
        Claim.objects.bulk_create(
            [
                Claim(
                    clinic_id=self.batch.clinic_id,
                    step=self.step.name,
                    row_id=pk,
                    claimed_at=self.batch.at,
                )
                for pk in ids
            ],
            ignore_conflicts=True,
        )
        self.claims(ids).update(
            tries=F("tries") + 1,
            claimed_at=self.batch.at,
            leased_until=self.batch.at + WAITS[0],
            next_try_at=None,
        )

    def _give_back(self, ids: list[int]) -> None:
        """A row of which nothing was done waits as before, and no try was made of it."""
        held = self.claims(ids)
        held.filter(tries__lte=1, fault="").delete()
        held.update(tries=F("tries") - 1, leased_until=None)

    def rests(self) -> bool:
        """Whether somebody has paused the queue: no message more goes out."""
        batch = self.batch
        return is_paused(self.queue, clinic_id=batch.clinic_id, at=batch.at)

    def stop_if_paused(self) -> None:
        """What would be kept after the pause is not kept."""
        batch = self.batch
        stop_if_paused(self.queue, clinic_id=batch.clinic_id, at=batch.at)

    def _fail(self, faults: Mapping[int, Fault]) -> None:
        """Keep why each failed and when it is tried again; at last set it aside."""
        for claim in self.claims(faults).select_for_update():
            fault = faults[claim.row_id]
            claim.fault = fault.reason[:120]
            claim.leased_until = None
            claim.next_try_at = self.batch.at + wait_after(claim.tries)
            if claim.tries >= self.step.tries and not fault.is_of_the_way:
                claim.set_aside_at = self.batch.at
                if isinstance(self.step, WorkStep) and self.step.on_set_aside:
                    self.step.on_set_aside(claim.row_id, self.batch.at)
            claim.save()


def locked(rows: Rows) -> list[Any]:
    """These rows, held until the transaction is over, without what others hold."""
    return list(rows.select_for_update(skip_locked=True, of=("self",)))


def wait_after(tries: int) -> timedelta:
    """How long a row waits after so many tries."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]
