from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models import PageLanguage, Patient


class AssessmentDraft(ClinicRow):
    """What somebody on the staff typed into an instrument and has not kept yet."""

    patient = models.ForeignKey(Patient, **KEPT)
    instrument = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, **KEPT)
    # As it was typed, by field: a draft may hold what the form would refuse.
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "instrument", "staff"],
                name="assessmentdraft_once",
            )
        ]


@known_choices(language="handover_language_known")
class Handover(ClinicRow):
    """Instruments handed over on a tablet, with what the person answered so far."""

    # Once sent or put aside, the answers stay as they are.
    frozen_when = "row.ended_at IS NOT NULL"
    frozen_except = ("wrong_pins",)

    patient = models.ForeignKey(Patient, **kept_as("handovers"))
    instruments = models.JSONField()
    language = models.CharField(max_length=2, choices=PageLanguage)
    answers = models.JSONField(default=dict)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Staff, **KEPT)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(ended_at__isnull=False),
                name="handover_answered_is_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-started_at"],
                condition=Q(ended_at=None),
                name="handover_open",
            )
        ]
