from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models import Patient


class Intake(ClinicRow):
    """One taking of the biopsychosocial intake: open until somebody completes it."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", "In progress"
        COMPLETE = "complete", "Complete"

    frozen_when = "row.status = 'complete'"

    patient = models.ForeignKey(Patient, **kept_as("intakes"))
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Staff, null=True, **KEPT)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(Staff, null=True, **KEPT)

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


@known_choices(source="intakeanswer_source_known")
class IntakeAnswer(ClinicRow):
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

    patient = models.ForeignKey(Patient, **kept_as("intake_answers"))
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    is_known = models.BooleanField(default=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PERSON)
    # Goes up with every save; a save that names an older one is refused.
    revision = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Staff, null=True, **KEPT)
    # What an earlier intake held, where this answer began as its copy.
    carried_from = models.ForeignKey("self", null=True, **kept_as("carried_to"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "intake", "question"], name="intakeanswer_once"
            ),
        ]

    @property
    def is_carried(self) -> bool:
        """Copied from an earlier intake, and not yet confirmed or changed."""
        return self.carried_from_id is not None and self.revision == 1


class IntakePresence(ClinicRow):
    """Where in an open intake somebody was last seen; old rows mean nothing."""

    with_history = False

    intake = models.ForeignKey(
        Intake, on_delete=models.CASCADE, related_name="presences"
    )
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=20)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "intake", "staff"], name="intakepresence_once"
            )
        ]
