from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow


class ClaimQuerySet(ClinicQuerySet["Claim"]):
    def holding_back(self, *, at: datetime) -> Self:
        """Those whose row no worker may take now: leased, waiting, or set aside."""
        return self.filter(
            Q(leased_until__gt=at) | Q(next_try_at__gt=at) | Q(set_aside_at__lte=at)
        )

    def set_aside(self) -> Self:
        return self.filter(set_aside_at__isnull=False)

    def lost_at_last_try(self, tries: int) -> Self:
        """Those whose worker was lost, and not for the first time: the lease of so many
        tries was never ended."""
        return self.filter(tries__gte=tries, leased_until__isnull=False)

    def of_rows(self, step: str, ids: Iterable[int]) -> Self:
        """Those of one step about these rows."""
        return self.filter(step=step, row_id__in=list(ids))


class Claim(ClinicOwned):
    """How one row of work stands once it is more than waiting: leased to a worker,
    failed and tried again later, or set aside for somebody to look at.

    What succeeds leaves none behind.
    """

    # It says how a machine fared, and is gone when the work is done.
    with_history = False

    # The step of a queue, such as "staff_mail", and the row it is about.
    step = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    # The class of the error: its text could name somebody.
    fault = models.CharField(max_length=120, blank=True)
    set_aside_at = models.DateTimeField(null=True)
    alerted_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-claimed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "step", "row_id"], name="claim_once"
            ),
            models.CheckConstraint(
                condition=Q(alerted_at=None) | Q(set_aside_at__isnull=False),
                name="claim_alerted_when_set_aside",
            ),
        ]


class OpenBatch(ClinicRow):
    """A batch of one step that a worker has begun; gone when it has ended.

    One that stays says that its worker was lost, and that a row may be why.
    """

    with_history = False

    step = models.CharField(max_length=40)
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ["begun_at"]
        indexes = [
            models.Index(fields=["clinic", "step", "begun_at"], name="open_batch_step")
        ]


class Heartbeat(ClinicRow):
    """When a worker last went through one queue of a clinic."""

    with_history = False

    queue = models.CharField(max_length=20)
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ["queue"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "queue"], name="heartbeat_once")
        ]


class Round(ClinicRow):
    """What a worker did on one way through a queue; quiet ways leave none."""

    with_history = False

    queue = models.CharField(max_length=20)
    done_at = models.DateTimeField()
    counts = models.JSONField()

    class Meta:
        ordering = ["-done_at", "-id"]
        indexes = [models.Index(fields=["clinic", "-done_at"], name="round_latest")]


class QueuePauseQuerySet(ClinicQuerySet["QueuePause"]):
    def open(self) -> Self:
        """Those that nobody has ended, also where their time is over."""
        return self.filter(ended_at=None)

    def in_force(self, *, at: datetime) -> Self:
        """Those in which no worker does anything of the queue at a moment."""
        return self.open().filter(Q(until=None) | Q(until__gt=at))


class QueuePause(ClinicOwned):
    """A time in which one queue of a clinic rests: who wanted it, why, until when at most."""

    frozen_when = "row.ended_at IS NOT NULL"

    queue = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(Staff, **KEPT)
    # It goes on by itself then; None where it waits for somebody.
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Nobody, where its time was over.
    ended_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = QueuePauseQuerySet.as_manager()

    class Meta:
        ordering = ["-paused_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "queue"],
                condition=Q(ended_at=None),
                name="queuepause_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("paused_at")),
                name="queuepause_ends_later",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="queuepause_says_why"),
        ]


class JobQuerySet(ClinicQuerySet["Job"]):
    def waiting(self) -> Self:
        return self.filter(status=Job.Status.WAITING)


class Job(ClinicOwned):
    """Long work that somebody asked for, done in steps that each keep how far it came."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    with_history = False

    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    # Everything up to this id has been done.
    up_to = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, **KEPT)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", ended_at=None)
                | Q(status__in=["done", "failed", "cancelled"], ended_at__isnull=False),
                name="job_ended_or_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(status="waiting"),
                name="job_to_do",
            )
        ]

    @property
    def is_waiting(self) -> bool:
        return self.status == Job.Status.WAITING

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)


class CertificateReminder(ClinicRow):
    """An e-mail to the admins about a certificate that ends, owed once a step."""

    # It says no more than the settings do.
    with_history = False

    certificate = models.CharField(max_length=40)
    until = models.DateField()
    # Days before the end at which it was owed.
    step = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "certificate", "until", "step"],
                name="certificatereminder_once",
            )
        ]
