from django.db import models

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as, source_once
from patients.models import Patient


@known_choices(result="toxicology_result_known", method="toxicology_method_known")
class ToxicologyResult(ClinicRow):
    """One analyte of one specimen. An analyte without a row was not tested for."""

    class Result(models.TextChoices):
        POSITIVE = "positive", "Present"
        NEGATIVE = "negative", "Not found"
        INVALID = "invalid", "Not valid"

    class Method(models.TextChoices):
        SCREEN = "screen", "Screen"
        DEFINITIVE = "definitive", "Definitive test"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("toxicology_results"))
    collected_at = models.DateTimeField()
    analyte = models.CharField(max_length=40)
    result = models.CharField(max_length=8, choices=Result)
    method = models.CharField(max_length=10, choices=Method, default=Method.SCREEN)
    is_expected = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-collected_at", "analyte", "-id"]
        constraints = [
            source_once("toxicology_source_once"),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-collected_at"], name="toxicology_of_patient"
            )
        ]
