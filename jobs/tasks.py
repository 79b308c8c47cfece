"""Celery's door into background work: the clock rings, the engine does the work.

What is to be done stands in the database. A ring that is lost is made good by the next.
"""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic
from jobs.actions import engine
from jobs.queues import QUEUES

# A round waits no longer than this for a worker: by then the next ones are queued.
EXPIRES = 60


@shared_task
def tick() -> None:
    """Queue a round of every queue of every clinic: ids and names of queues only."""
    for clinic_id in Clinic.objects.order_by("pk").values_list("pk", flat=True):
        for name in QUEUES:
            _ring(clinic_id, name)


def wake(*, clinic_id: int, queue: str) -> None:
    """Have a queue gone through once this transaction is kept; the next ring makes good
    what a broker that is away loses."""
    transaction.on_commit(lambda: _ring(clinic_id, queue), robust=True)


def _ring(clinic_id: int, queue: str) -> None:
    run.apply_async(kwargs={"clinic_id": clinic_id, "queue": queue}, expires=EXPIRES)


@shared_task
def run(*, clinic_id: int, queue: str, **_: object) -> None:
    """Go through one queue of one clinic."""
    engine.run_queue(QUEUES[queue], clinic_id=clinic_id, at=timezone.now())
