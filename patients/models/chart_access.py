from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from patients.models.people import Patient


class ChartRestriction(ClinicRow):
    """A chart that the care team alone opens, until the restriction is lifted.

    The database hides every row about this person from all other staff of the clinic
    (`mainstay_hidden_from`); that there is one is no secret, so this row is not hidden.
    """

    seen_when_closed = True
    frozen_when = "true"
    frozen_except = ("lifted_at", "lifted_by_id")

    patient = models.ForeignKey(Patient, **kept_as("restrictions"))
    # Shown to whoever meets the closed chart, beside nothing else of the person.
    mrn = models.CharField("MRN", max_length=20)
    reason = models.CharField(max_length=200)
    restricted_at = models.DateTimeField()
    restricted_by = models.ForeignKey(Staff, **KEPT)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-restricted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(lifted_at=None),
                name="restriction_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="restriction_lifted_by_somebody",
            ),
        ]


class EmergencyOpeningQuerySet(ClinicQuerySet["EmergencyOpening"]):
    def to_review(self) -> Self:
        """Those that nobody has judged yet, the longest waiting first."""
        return self.filter(review=None).order_by("due_on", "opened_at", "pk")

    def open_at(self, moment: datetime) -> Self:
        return self.filter(until_at__gt=moment)


@known_choices(why="emergencyopening_why_known")
class EmergencyOpening(ClinicOwned):
    """A closed chart opened by somebody outside the team, for an hour, with the reason."""

    class Why(models.TextChoices):
        UNCONSCIOUS = "unconscious", "Found unconscious, or overdose"
        DOSE = "dose", "Dose or medicine not known, now"
        DANGER = "danger", "Danger to self or others"
        OTHER = "other", "Another danger to life"

    append_only = True
    seen_when_closed = True

    patient = models.ForeignKey(Patient, **kept_as("emergency_openings"))
    mrn = models.CharField("MRN", max_length=20)
    staff = models.ForeignKey(Staff, **KEPT)
    why = models.CharField(max_length=11, choices=Why)
    words = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()
    due_on = models.DateField()

    objects = EmergencyOpeningQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "staff"], name="opening_of_patient"),
            models.Index(fields=["clinic", "due_on"], name="opening_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") & Q(until_at__gt=models.F("opened_at")),
                name="opening_says_why",
            ),
        ]


@known_choices(judgement="openingreview_judgement_known")
class OpeningReview(ClinicRow):
    """What whoever answers for privacy found of one emergency opening."""

    class Judgement(models.TextChoices):
        RIGHT = "right", "Yes"
        TEACH = "teach", "Yes, teach"
        WRONG = "wrong", "No, follow up"

    append_only = True
    seen_when_closed = True

    patient = models.ForeignKey(Patient, **kept_as("opening_reviews"))
    opening = models.OneToOneField(EmergencyOpening, **kept_as("review"))
    judgement = models.CharField(max_length=5, choices=Judgement)
    note = models.CharField(max_length=300, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(judgement="right") | ~Q(note=""),
                name="openingreview_says_what_follows",
            ),
        ]


class OpeningAlert(ClinicRow):
    """An e-mail to who answers for privacy about one emergency opening, owed once."""

    # What it is about keeps its own history; of itself it says only when it went out.
    with_history = False

    opening = models.ForeignKey(EmergencyOpening, **kept_as("alerts"))
    recipient = models.ForeignKey(Staff, **KEPT)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="openingalert_to_send",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "opening", "recipient"], name="openingalert_once"
            )
        ]
