from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import (
    KEPT,
    ClinicOwned,
    ClinicQuerySet,
    ClinicRow,
    kept_as,
    source_once,
)
from assessments.observations.bounds import side_of
from assessments.observations.numbers import Comparator, with_sign
from knowledge.wording.amounts import amount
from patients.models import Patient


@known_choices(comparator="observation_comparator_known")
class Observation(ClinicRow):
    """One measured or reported value: a lab, a vital sign, an ECG interval."""

    class Sign(models.TextChoices):
        BELOW = Comparator.BELOW.value, "Below"
        AT_MOST = Comparator.AT_MOST.value, "At most"
        AT_LEAST = Comparator.AT_LEAST.value, "At least"
        ABOVE = Comparator.ABOVE.value, "Above"

    frozen_when = "true"
    frozen_except = ("error_reason", "error_at", "error_by_id")

    patient = models.ForeignKey(Patient, **kept_as("observations"))
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # Where it is set, the value is a bound.
    comparator = models.CharField(max_length=2, choices=Sign, blank=True)
    text = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    # The reference limits of the laboratory that measured it, in the same unit.
    low_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    high_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # What the laboratory marked it with: H, L, HH, LL, A, C or *.
    flag = models.CharField(max_length=2, blank=True)
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
                condition=Q(comparator="") | Q(value__isnull=False),
                name="observation_sign_has_a_value",
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
    def words(self) -> str:
        """The result with its sign and unit, and the word where a number says one."""
        if self.value is None:
            return self.text
        number = with_sign(self.comparator, f"{amount(self.value)} {self.unit}".strip())
        return f"{number}, {self.text}" if self.text else number

    @property
    def beyond(self) -> str:
        """`low` or `high` where the laboratory's limits or its flag say so; else empty."""
        return side_of(
            self.value,
            self.comparator,
            (self.low_limit, self.high_limit),
            self.flag,
        )


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
