"""Requests of people about background work: do it, stop it, try it again."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from jobs.models import Claim, Job
from jobs.queues import WorkStep, step_named


class JobOver(Refused):
    """A job that ended cannot be stopped."""


class NotYours(Refused):
    """Only who asked for a job, or an admin, stops it."""


class NothingHeldBack(Refused):
    """The row is no longer held back: it was done, or waits for the next round."""


@transaction.atomic
def ask_job(
    *, clinic: Clinic, kind: str, title: str, total: int, by: Staff, at: datetime
) -> Job:
    """Owe long work to whoever asks for it; the workers do it batch after batch."""
    return Job.objects.create(
        clinic=clinic, kind=kind, title=title, total=total, asked_by=by, asked_at=at
    )


@transaction.atomic
def cancel_job(*, job: Job, may_any: bool, by: Staff, at: datetime) -> Job:
    """Stop a job after the batch that is under way; what it found so far is kept."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not may_any and job.asked_by_id != by.pk:
        raise NotYours("Only who asked for it, or an admin, can stop it.")
    if not job.is_waiting:
        raise JobOver(f"It is over already: {job.get_status_display().lower()}.")
    end_job(job, Job.Status.CANCELLED, at=at)
    audit.record("job.cancelled", job, by=by, at=at, kind=job.kind)
    return job


def end_job(job: Job, status: Job.Status, *, at: datetime) -> None:
    """Write down how a job ended, in the caller's transaction."""
    job.status, job.ended_at = status, at
    job.save(update_fields=["status", "ended_at"])


@transaction.atomic
def try_again(*, claim: Claim, by: Staff, at: datetime) -> None:
    """Let the next round take what failed or was set aside, without waiting."""
    held = Claim.objects.select_for_update().filter(pk=claim.pk).first()
    if held is None or (held.next_try_at is None and held.set_aside_at is None):
        raise NothingHeldBack("It was done already, or is about to be.")
    held.next_try_at = held.set_aside_at = held.alerted_at = None
    held.tries = 0
    held.save()
    step = step_named(held.step)
    if isinstance(step, WorkStep) and step.on_try_again is not None:
        step.on_try_again(held.row_id)
    audit.record("job.try_again", held, by=by, at=at, step=held.step, row=held.row_id)
