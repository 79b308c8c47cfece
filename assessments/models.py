from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Staff
from accounts.tenancy import ClinicOwned
from patients.models import Patient
from patients.models.people import OwnedByPatientQuerySet


class Intake(ClinicOwned):
    """One taking of the biopsychosocial intake: open until somebody completes it."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", "In progress"
        COMPLETE = "complete", "Complete"

    frozen_when = "row.status = 'complete'"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="intakes"
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OwnedByPatientQuerySet["Intake"].as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(status="in_progress"),
                name="intake_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status="in_progress", completed_at=None, completed_by=None)
                | Q(
                    status="complete",
                    completed_at__isnull=False,
                    completed_by__isnull=False,
                ),
                name="intake_complete_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"intake of {self.patient_id}"


class IntakeAnswer(ClinicOwned):
    """One answer of an intake. No row: not asked yet. `is_known` false: asked, not known."""

    class Source(models.TextChoices):
        PERSON = "person", "The person says"
        RECORD = "record", "From a record"
        ESTIMATE = "estimate", "Estimated"

    frozen_when = (
        "EXISTS (SELECT 1 FROM assessments_intake i"
        " WHERE i.id = row.intake_id AND i.status = 'complete')"
    )
    frozen_adding = True

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="intake_answers"
    )
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    is_known = models.BooleanField(default=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PERSON)
    # Goes up with every save; a save that names an older one is refused.
    revision = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OwnedByPatientQuerySet["IntakeAnswer"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "intake", "question"], name="intakeanswer_once"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["person", "record", "estimate"]),
                name="intakeanswer_source_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} of intake {self.intake_id}"


class AssessmentQuerySet(OwnedByPatientQuerySet["Assessment"]):
    def in_force(self) -> Self:
        """Neither entered in error nor amended by one that stands."""
        amended = self.model._default_manager.filter(amends=OuterRef("pk")).exclude(
            status=Assessment.Status.ENTERED_IN_ERROR
        )
        return self.exclude(status=Assessment.Status.ENTERED_IN_ERROR).exclude(
            Exists(amended)
        )


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

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="assessments"
    )
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
    given_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    amends = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="amended_by"
    )
    error_reason = models.CharField(max_length=200, blank=True)
    error_at = models.DateTimeField(null=True)
    error_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_key = models.CharField(max_length=80, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["complete", "incomplete", "entered_in_error"]),
                name="assessment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["staff", "self", "record"]),
                name="assessment_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(status="entered_in_error") ^ Q(error_at=None),
                name="assessment_error_has_when",
            ),
            models.UniqueConstraint(
                fields=["clinic", "source_key"],
                condition=~Q(source_key=""),
                name="assessment_source_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "instrument", "-given_at"], name="assessment_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.patient_id}"


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
