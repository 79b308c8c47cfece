from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q

from accounts.models import Staff
from accounts.tenancy import ClinicOwned
from patients.models import Patient
from patients.models.people import OwnedByPatientQuerySet


class Medication(models.TextChoices):
    """The medicines for OUD that can be chosen, keyed as in the reference, part C0."""

    MTD = "MTD", "Methadone"
    BUP_SL = "BUP_SL", "Buprenorphine, daily film or tablet"
    BUP_LOW = "BUP_LOW", "Buprenorphine, low-dose start"
    BUP_XR = "BUP_XR", "Buprenorphine XR, injection"
    SUBLOCADE = "SUBLOCADE", "Sublocade, monthly injection"
    BRIXADI_W = "BRIXADI_W", "Brixadi, weekly injection"
    BRIXADI_M = "BRIXADI_M", "Brixadi, monthly injection"
    NTX_XR = "NTX_XR", "Naltrexone XR, injection"
    NTX_PO = "NTX_PO", "Naltrexone tablets"


class MedicationDecision(ClinicOwned):
    """What was chosen together, what was known and shown at that moment. Never changed."""

    class Choice(models.TextChoices):
        """Beside the medicines: choosing none of them is a choice too."""

        NOT_NOW = "NOT_NOW", "Not now"
        NONE = "NONE", "None of these"

    class Reason(models.TextChoices):
        """Why the choice is another than the wish or the first of the ranking."""

        PERSON_CHOSE = "person_chose", "The person chose it, informed"
        HELPED_BEFORE = "helped_before", "It helped before"
        CONTINUES = "continues", "Goes on with a medicine that helps"
        SAFETY = "safety", "Safer for this person, in the prescriber's judgement"
        REACH = "reach", "Travel, hours or work"
        SUPPLY = "supply", "The other is not to be had here"
        COST = "cost", "Cost or coverage"
        WAITS = "waits", "Waits for an answer or a result"
        OTHER = "other", "Another reason"

    append_only = True

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="medication_decisions"
    )
    choice = models.CharField(
        max_length=12, choices=[*Medication.choices, *Choice.choices]
    )
    choice_standing = models.CharField(max_length=16, blank=True)
    preference = models.CharField(max_length=12, blank=True)
    preference_words = models.TextField(blank=True)
    is_concordant = models.BooleanField(null=True)
    reason_code = models.CharField(max_length=40, choices=Reason, blank=True)
    reason_words = models.TextField(blank=True)
    # The prescriber's own words where the choice is to be avoided, or not yet clear.
    justification = models.TextField(blank=True)
    # The rules whose cautions were read before choosing.
    acknowledged = models.JSONField(default=list)
    first_dose = models.CharField(max_length=120, blank=True)
    took_part = models.JSONField(default=list)
    # The picture and the options as they stood, with what proves it.
    picture = models.JSONField()
    picture_digest = models.CharField(max_length=64)
    options = models.JSONField()
    knowledge_digest = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    objects = OwnedByPatientQuerySet["MedicationDecision"].as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__in=[*Medication.values, "NOT_NOW", "NONE"]),
                name="decision_choice_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    reason_code__in=[
                        "",
                        "person_chose",
                        "helped_before",
                        "continues",
                        "safety",
                        "reach",
                        "supply",
                        "cost",
                        "waits",
                        "other",
                    ]
                ),
                name="decision_reason_known",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-decided_at"], name="decision_of_patient")
        ]

    def __str__(self) -> str:
        return f"{self.choice} for {self.patient_id}"


class _Days(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class Regimen(ClinicOwned):
    """One medicine for OUD as it is taken, from one day to another."""

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="regimens"
    )
    decision = models.ForeignKey(
        MedicationDecision, null=True, on_delete=models.PROTECT, related_name="regimens"
    )
    medication = models.CharField(max_length=12, choices=Medication)
    product = models.CharField(max_length=80, blank=True)
    dose_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    schedule = models.CharField(max_length=80, blank=True)
    is_low_dose_overlap = models.BooleanField(default=False)
    started_on = models.DateField()
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)
    prescriber = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_key = models.CharField(max_length=80, blank=True)

    objects = OwnedByPatientQuerySet["Regimen"].as_manager()

    class Meta:
        ordering = ["-started_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(medication__in=Medication.values),
                name="regimen_medication_known",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on=None)
                | Q(stopped_on__gte=models.F("started_on")),
                name="regimen_stops_after_start",
            ),
            models.UniqueConstraint(
                fields=["clinic", "source_key"],
                condition=~Q(source_key=""),
                name="regimen_source_once",
            ),
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

    def __str__(self) -> str:
        return f"{self.medication} of {self.patient_id}"


class DoseEvent(ClinicOwned):
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

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="dose_events"
    )
    medication = models.CharField(max_length=12, choices=Medication)
    kind = models.CharField(max_length=12, choices=Kind)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    amount_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    note = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_key = models.CharField(max_length=80, blank=True)

    objects = OwnedByPatientQuerySet["DoseEvent"].as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(medication__in=Medication.values),
                name="dose_medication_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "prescribed",
                        "administered",
                        "dispensed",
                        "take_home",
                        "missed",
                        "held",
                        "vomited",
                    ]
                ),
                name="dose_kind_known",
            ),
            models.UniqueConstraint(
                fields=["clinic", "source_key"],
                condition=~Q(source_key=""),
                name="dose_source_once",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-on"], name="dose_of_patient")]

    def __str__(self) -> str:
        return f"{self.kind} {self.medication} of {self.patient_id}"


class ToxicologyResult(ClinicOwned):
    """One analyte of one specimen. An analyte without a row was not tested for."""

    class Result(models.TextChoices):
        POSITIVE = "positive", "Present"
        NEGATIVE = "negative", "Not found"
        INVALID = "invalid", "Not valid"

    class Method(models.TextChoices):
        SCREEN = "screen", "Screen"
        DEFINITIVE = "definitive", "Definitive test"

    append_only = True

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="toxicology_results"
    )
    collected_at = models.DateTimeField()
    analyte = models.CharField(max_length=40)
    result = models.CharField(max_length=8, choices=Result)
    method = models.CharField(max_length=10, choices=Method, default=Method.SCREEN)
    is_expected = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_key = models.CharField(max_length=80, blank=True)

    objects = OwnedByPatientQuerySet["ToxicologyResult"].as_manager()

    class Meta:
        ordering = ["-collected_at", "analyte", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["positive", "negative", "invalid"]),
                name="toxicology_result_known",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["screen", "definitive"]),
                name="toxicology_method_known",
            ),
            models.UniqueConstraint(
                fields=["clinic", "source_key"],
                condition=~Q(source_key=""),
                name="toxicology_source_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-collected_at"], name="toxicology_of_patient"
            )
        ]

    def __str__(self) -> str:
        return f"{self.analyte} {self.result} of {self.patient_id}"
