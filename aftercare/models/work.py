from django.db import models
from django.db.models import Q

from accounts.models import Staff
from accounts.tenancy import ClinicOwned
from aftercare.models.follow_ups import FollowUp
from patients.models.people import OwnedByPatientQuerySet


class Notice(ClinicOwned):
    """An e-mail to someone on the staff, owed once: written with what it is about,
    claimed by one sender, kept until it is sent."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Reminder"
        ESCALATION = "escalation", "Missed follow-up"

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    recipient = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, related_name="notices"
    )
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)

    objects = OwnedByPatientQuerySet["Notice"].as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["reminder", "escalation"]),
                name="notice_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="notice_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SweepRun(ClinicOwned):
    """What one sweep did for one clinic. A sweep that found nothing leaves no row but
    the last one."""

    class Name(models.TextChoices):
        FOLLOW_UPS = "follow_ups", "Follow-ups: due, missed, escalated"
        NOTICES = "notices", "Reminders sent"

    name = models.CharField(max_length=12, choices=Name)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    objects = OwnedByPatientQuerySet["SweepRun"].as_manager()

    class Meta:
        ordering = ["-finished_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(name__in=["follow_ups", "notices"]),
                name="sweeprun_name_known",
            )
        ]
        indexes = [
            models.Index(fields=["clinic", "-finished_at"], name="sweeprun_latest")
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.finished_at:%H:%M}"
