from django.db import models
from django.db.models import Q

from accounts.models import Staff
from accounts.tenancy import ClinicOwned
from patients.models import Patient
from patients.models.people import OwnedByPatientQuerySet


class Observation(ClinicOwned):
    """One measured or reported value: a lab, a vital sign, an ECG interval."""

    frozen_when = "true"
    frozen_except = ("error_reason", "error_at", "error_by_id")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="observations"
    )
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    text = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    effective_at = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    error_reason = models.CharField(max_length=200, blank=True)
    error_at = models.DateTimeField(null=True)
    error_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_key = models.CharField(max_length=80, blank=True)

    objects = OwnedByPatientQuerySet["Observation"].as_manager()

    class Meta:
        ordering = ["-effective_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(text=""),
                name="observation_has_a_value",
            ),
            models.UniqueConstraint(
                fields=["clinic", "source_key"],
                condition=~Q(source_key=""),
                name="observation_source_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "code", "-effective_at"], name="observation_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.patient_id}"
