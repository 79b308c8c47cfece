from django.db import models

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from aftercare.models.follow_ups import FollowUp
from patients.models import Patient


@known_choices(outcome="outreach_outcome_known", channel="outreach_channel_known")
class OutreachAttempt(ClinicRow):
    """One try to reach a person, and what came of it. Taken back, never erased."""

    class Outcome(models.TextChoices):
        REACHED_COMING = "reached_coming", "Reached, coming"
        REACHED_NOT_COMING = "reached_not_coming", "Reached, not coming"
        LEFT_MESSAGE = "left_message", "Left safe message"
        NO_ANSWER = "no_answer", "No answer"
        NOT_WORKING = "not_working", "Number not working"

    class Channel(models.TextChoices):
        PHONE = "phone", "Phone"
        IN_PERSON = "in_person", "In person"
        LETTER = "letter", "Letter"
        VIDEO = "video", "Video"

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")

    patient = models.ForeignKey(Patient, **kept_as("outreach_attempts"))
    follow_up = models.ForeignKey(FollowUp, null=True, **kept_as("attempts"))
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PHONE)
    outcome = models.CharField(max_length=18, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    closed_follow_up = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-made_at"], name="outreach_of_patient"
            )
        ]
