from django.db import models

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as, source_once
from patients.models.people import Patient


@known_choices(status="visit_status_known")
class Visit(ClinicRow):
    """One promised or kept visit, with why it was missed where that is known."""

    class Status(models.TextChoices):
        ATTENDED = "attended", "Attended"
        MISSED = "missed", "Missed"
        UNKNOWN = "unknown", "Not known"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("visits"))
    # None where it is known to have been, or to have been missed, and nobody wrote the
    # day down.
    on = models.DateField(null=True)
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status)
    reasons = models.JSONField(default=list)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = [models.F("on").desc(nulls_last=True), "-id"]
        constraints = [
            source_once("visit_source_once"),
        ]
        indexes = [models.Index(fields=["patient", "-on"], name="visit_of_patient")]
