from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from aftercare.models.follow_ups import FollowUp


@known_choices(kind="notice_kind_known")
class Notice(ClinicRow):
    """An e-mail to someone on the staff, owed once: written with what it is about,
    kept until it is sent."""

    # What it is about keeps its own history; of itself it says only when it went out.
    with_history = False

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Reminder"
        ESCALATION = "escalation", "Missed follow-up"

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    recipient = models.ForeignKey(Staff, **KEPT)
    follow_up = models.ForeignKey(FollowUp, **kept_as("notices"))
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="notice_to_send",
            )
        ]
