from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as, source_once
from medications.models.decisions import MedicationDecision
from medications.models.medicines import medicine_choices
from patients.models import Patient


class _Days(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class Regimen(ClinicRow):
    """One medicine for OUD as it is taken, from one day to another."""

    patient = models.ForeignKey(Patient, **kept_as("regimens"))
    decision = models.ForeignKey(MedicationDecision, null=True, **kept_as("regimens"))
    medication = models.CharField(max_length=12, choices=medicine_choices)
    product = models.CharField(max_length=80, blank=True)
    dose_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    schedule = models.CharField(max_length=80, blank=True)
    is_low_dose_overlap = models.BooleanField(default=False)
    started_on = models.DateField()
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)
    # Why the first dose was given before every bedside question had its answer.
    unanswered_reason = models.CharField(max_length=200, blank=True)
    prescriber = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-started_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_on=None)
                | Q(stopped_on__gte=models.F("started_on")),
                name="regimen_stops_after_start",
            ),
            source_once("regimen_source_once"),
            ExclusionConstraint(
                name="regimen_one_at_a_time",
                expressions=[
                    ("clinic", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    (_Days("started_on", "stopped_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_low_dose_overlap=False),
            ),
        ]


@known_choices(kind="dose_kind_known")
class DoseEvent(ClinicRow):
    """One dose on one day: prescribed, administered, taken home, missed, held, vomited."""

    class Kind(models.TextChoices):
        PRESCRIBED = "prescribed", "Prescribed"
        ADMINISTERED = "administered", "Given here"
        DISPENSED = "dispensed", "Dispensed"
        TAKE_HOME = "take_home", "Take-home dose"
        MISSED = "missed", "Missed"
        HELD = "held", "Held"
        VOMITED = "vomited", "Vomited"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("dose_events"))
    medication = models.CharField(max_length=12, choices=medicine_choices)
    kind = models.CharField(max_length=12, choices=Kind)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    amount_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    note = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            source_once("dose_source_once"),
        ]
        indexes = [models.Index(fields=["patient", "-on"], name="dose_of_patient")]
