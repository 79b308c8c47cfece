"""The sweep with one worker and with several, each a process of its own."""

from datetime import datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import perf_counter

from django.db import connections

from aftercare.queues import FOLLOW_UPS
from jobs.actions.engine import run_queue
from jobs.queues import Queue


def seconds_to_sweep(
    *, clinic: int, at: datetime, workers: int, queue: Queue = FOLLOW_UPS
) -> float:
    """How long they take together from the moment all are ready."""
    # A connection cannot be shared with a child: each opens its own.
    connections.close_all()
    context = get_context("fork")
    start = context.Barrier(workers + 1)
    children = [
        context.Process(target=_work, args=(queue, clinic, at, start))
        for _ in range(workers)
    ]
    for child in children:
        child.start()
    start.wait()
    began = perf_counter()
    for child in children:
        child.join()
    return perf_counter() - began


# No cover: a child is not measured.
def _work(
    queue: Queue, clinic: int, at: datetime, start: Barrier
) -> None:  # pragma: no cover
    connections["default"].ensure_connection()
    start.wait()
    run_queue(queue, clinic_id=clinic, at=at)
    connections.close_all()
