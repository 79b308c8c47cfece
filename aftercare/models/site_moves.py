from django.db import models

from accounts.choices import known_choices
from accounts.models import Clinic, Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models import Disclosure, Patient

# What is owed at the site that somebody moved to; until it is done, what was told of
# their medicine is neither confirmed nor denied.
FIRST_VISIT = "First visit after the move"


@known_choices(direction="sitemove_direction_known")
class SiteMove(ClinicRow):
    """A person's move between two clinics, as one of the two keeps it.

    The sending one keeps by which disclosure it told what. The receiving one keeps what
    it was told and nobody confirmed: no fact of the person's picture comes from here.
    """

    class Direction(models.TextChoices):
        OUT = "out", "Moved to"
        IN = "in", "Moved from"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("site_moves"))
    direction = models.CharField(max_length=3, choices=Direction)
    other_clinic = models.ForeignKey(Clinic, **KEPT)
    disclosure = models.ForeignKey(Disclosure, null=True, **KEPT)
    # Keys of the parts that went along (`aftercare.actions.move_content`).
    parts = models.JSONField(default=list)
    # Medicine and plan as they were told, with what has to go along in words.
    told = models.JSONField(default=dict)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-moved_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(direction="out", disclosure__isnull=False)
                | models.Q(direction="in", disclosure=None),
                name="sitemove_out_by_disclosure",
            )
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-moved_at"], name="sitemove_of_patient"
            )
        ]
