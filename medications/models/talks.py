from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from medications.models.medicines import talk_choices
from patients.models import PageLanguage, Patient


class DecisionTalkQuerySet(ClinicQuerySet["DecisionTalk"]):
    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def under_way(self) -> Self:
        return self.filter(sent_at=None)


@known_choices(language="talk_language_known", mode="talk_mode_known")
class DecisionTalk(ClinicOwned):
    """What one person picked, chose and said when they weighed the options.

    Free to change until it is handed back, frozen from then on.
    """

    class Mode(models.TextChoices):
        SCREEN = "screen", "On the turned screen"
        TABLET = "tablet", "On a tablet"
        STAFF = "staff", "Asked by staff"

    frozen_when = "row.sent_at IS NOT NULL"
    frozen_except = ("wrong_pins",)

    patient = models.ForeignKey(Patient, **kept_as("decision_talks"))
    language = models.CharField(max_length=2, choices=PageLanguage)
    mode = models.CharField(max_length=6, choices=Mode)
    # Keys of knowledge/fits.toml.
    matters = models.JSONField(default=list)
    matters_most = models.JSONField(default=list)
    choice = models.CharField(max_length=12, choices=talk_choices, blank=True)
    own_words = models.TextField(blank=True)
    # Each of four questions: true, false, or null where it was not answered.
    sure = models.JSONField(default=dict)
    # Parts people had, and support people by id: "prescriber", "support:7".
    participants = models.JSONField(default=list)
    interpreter = models.CharField(max_length=120, blank=True)
    # Which words and which options were on the page when it was handed back.
    aid_digest = models.CharField(max_length=64, blank=True)
    options_digest = models.CharField(max_length=64, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Staff, **KEPT)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = DecisionTalkQuerySet.as_manager()

    class Meta:
        # What is under way first, then the newest.
        ordering = [models.F("sent_at").desc(nulls_first=True), "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(sent_at=None),
                name="talk_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="talk_sent_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-sent_at"], name="talk_of_patient")]


@known_choices(language="aid_text_language_known")
class AidText(ClinicRow):
    """A clinic's own words for one text of the decision aid. The newest counts;
    an empty one goes back to what ships."""

    append_only = True

    key = models.CharField(max_length=40)
    language = models.CharField(max_length=2, choices=PageLanguage)
    text = models.TextField(blank=True)
    reviewed_on = models.DateField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "language", "key", "-id"], name="aid_text_newest"
            )
        ]
