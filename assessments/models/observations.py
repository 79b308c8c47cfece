from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Staff
from accounts.tenancy import (
    KEPT,
    ClinicOwned,
    ClinicQuerySet,
    ClinicRow,
    kept_as,
    source_once,
)
from patients.models import Patient


class Observation(ClinicRow):
    """One measured or reported value: a lab, a vital sign, an ECG interval."""

    frozen_when = "true"
    frozen_except = ("error_reason", "error_at", "error_by_id")

    patient = models.ForeignKey(Patient, **kept_as("observations"))
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    text = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    # The reference limits of the laboratory that measured it, in the same unit.
    low_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    high_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # As it was typed, where that was in another unit.
    entered = models.CharField(max_length=60, blank=True)
    effective_at = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    error_reason = models.CharField(max_length=200, blank=True)
    error_at = models.DateTimeField(null=True)
    error_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-effective_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(text=""),
                name="observation_has_a_value",
            ),
            models.CheckConstraint(
                condition=Q(low_limit=None)
                | Q(high_limit=None)
                | Q(low_limit__lt=F("high_limit")),
                name="observation_limits_in_order",
            ),
            source_once("observation_source_once"),
        ]
        indexes = [
            models.Index(
                fields=["patient", "code", "-effective_at"], name="observation_series"
            )
        ]

    @property
    def beyond(self) -> str:
        """`low` or `high` where the laboratory's limits say so; else empty."""
        if self.value is None:
            return ""
        if self.low_limit is not None and self.value < self.low_limit:
            return "low"
        if self.high_limit is not None and self.value > self.high_limit:
            return "high"
        return ""


class ResultsFileQuerySet(ClinicQuerySet["ResultsFile"]):
    def waiting(self) -> Self:
        """Read, and neither kept nor put aside."""
        return self.filter(closed_at=None)


class ResultsFile(ClinicOwned):
    """A file of results as it was read: every line, with what became of it."""

    frozen_when = "row.closed_at IS NOT NULL"

    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(Staff, **KEPT)
    # Of the bytes: the same file twice is noticed.
    digest = models.CharField(max_length=64)
    # Where it was sent for one person, that person.
    patient = models.ForeignKey(Patient, null=True, **KEPT)
    lines = models.JSONField()
    is_kept = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = ResultsFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_kept=False) | Q(closed_at__isnull=False),
                name="resultsfile_kept_has_when",
            )
        ]
        indexes = [
            models.Index(fields=["clinic", "-uploaded_at"], name="resultsfile_newest")
        ]
