from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as, source_once
from patients.models import Patient


class AssessmentQuerySet(ClinicQuerySet["Assessment"]):
    def in_force(self) -> Self:
        """Neither entered in error nor amended by one that stands."""
        amended = self.model._default_manager.filter(amends=OuterRef("pk")).exclude(
            status=Assessment.Status.ENTERED_IN_ERROR
        )
        return self.exclude(status=Assessment.Status.ENTERED_IN_ERROR).exclude(
            Exists(amended)
        )


@known_choices(status="assessment_status_known", mode="assessment_mode_known")
class Assessment(ClinicOwned):
    """One instrument as it was answered and scored. Amended by another, never edited."""

    class Status(models.TextChoices):
        COMPLETE = "complete", "Complete"
        INCOMPLETE = "incomplete", "Incomplete"
        ENTERED_IN_ERROR = "entered_in_error", "Entered in error"

    class Mode(models.TextChoices):
        STAFF = "staff", "Asked by staff"
        SELF = "self", "Answered by the person"
        RECORD = "record", "From a record"

    frozen_when = "true"
    frozen_except = ("status", "error_reason", "error_at", "error_by_id")

    patient = models.ForeignKey(Patient, **kept_as("assessments"))
    instrument = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=60)
    answers = models.JSONField()
    context = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    band = models.CharField(max_length=80, blank=True)
    subscales = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    status = models.CharField(max_length=16, choices=Status)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.STAFF)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Staff, null=True, **KEPT)
    amends = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="amended_by"
    )
    error_reason = models.CharField(max_length=200, blank=True)
    error_at = models.DateTimeField(null=True)
    error_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="entered_in_error") ^ Q(error_at=None),
                name="assessment_error_has_when",
            ),
            source_once("assessment_source_once"),
        ]
        indexes = [
            models.Index(
                fields=["patient", "instrument", "-given_at"], name="assessment_series"
            )
        ]
