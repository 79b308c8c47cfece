"""The kinds of long work that somebody may ask for, declared by the apps that do them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from jobs.actions.requests import end_job
from jobs.models import Job
from jobs.queues import Batch, Queue, WorkStep


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job. `advance` does one batch, keeps in the job how far it came, and
    says whether anything is left."""

    name: str
    advance: Callable[[Job, datetime], bool]


KINDS: dict[str, JobKind] = {}


def declare_kind(kind: JobKind) -> None:
    KINDS[kind.name] = kind


def advance(job: Job, *, at: datetime) -> bool:
    """One batch of a locked job; whether it goes on."""
    is_more = KINDS[job.kind].advance(job, at)
    if not is_more and job.is_waiting:
        end_job(job, Job.Status.DONE, at=at)
    return is_more


@transaction.atomic
def work_now(job: Job, *, at: datetime) -> bool:
    """One batch of a job here and now, unless a worker holds it; whether any is left."""
    held = Job.objects.waiting().select_for_update(skip_locked=True).filter(pk=job.pk)
    found = held.first()
    return found is not None and advance(found, at=at)


def _work(jobs: list[Job], batch: Batch) -> Counter[str]:
    for job in jobs:
        advance(job, at=batch.at)
    return Counter(batches=len(jobs))


def _fail(job_id: int, at: datetime) -> None:
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.is_waiting:
        end_job(job, Job.Status.FAILED, at=at)


def _reopen(job_id: int) -> None:
    Job.objects.filter(pk=job_id, status=Job.Status.FAILED).update(
        status=Job.Status.WAITING, ended_at=None
    )


JOBS = Queue(
    name="jobs",
    title="Asked for by somebody",
    # One at a time: each batch is a transaction, and others take the next job.
    size=1,
    steps=(
        WorkStep(
            name="jobs",
            waiting=lambda _: Job.objects.waiting().order_by("pk"),
            work=_work,
            titles=lambda: Job.objects.annotate(said=F("title")),
            on_set_aside=_fail,
            on_try_again=_reopen,
            tries=3,
        ),
    ),
)
