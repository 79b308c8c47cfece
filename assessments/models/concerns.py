from typing import Self

from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from assessments.models.measures import Assessment
from assessments.models.observations import Observation
from patients.models import Patient

# The cause of a concern that somebody's own words raise.
OWN_WORDS = "own_words"
PRESSING = ("-level", "-raised_at", "-pk")


class ConcernQuerySet(ClinicQuerySet["Concern"]):
    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def for_safety(self) -> Self:
        return self.filter(kind=Concern.Kind.SUICIDE_RISK)

    def about_results(self) -> Self:
        return self.filter(kind=Concern.Kind.RESULT)

    def that_cannot_wait(self) -> Self:
        """About somebody's life, or about a result that is answered at once."""
        return self.filter(kind__in=[Concern.Kind.SUICIDE_RISK, Concern.Kind.RESULT])

    def pressing_first(self) -> Self:
        """What endangers a life before what is off track; the newest of equals first."""
        return self.order_by(*PRESSING)

    def first_of_each_kind(self, most: int) -> Self:
        """The most pressing of each kind, so many of each."""
        place = Window(RowNumber(), partition_by="kind", order_by=PRESSING)
        return self.annotate(place=place).filter(place__lte=most).pressing_first()


@known_choices(kind="concern_kind_known")
class Concern(ClinicOwned):
    """What an answer, a score or a result calls for: open until somebody says what was
    done."""

    class Kind(models.TextChoices):
        SUICIDE_RISK = "suicide_risk", "Risk of suicide"
        OFF_TRACK = "off_track", "Off track"
        RESULT = "result", "Result that cannot wait"

    class Level(models.IntegerChoices):
        NOTICE = 1, "Notice"
        LOW = 2, "Low"
        UNSCREENED = 3, "To be screened"
        MODERATE = 4, "Moderate"
        HIGH = 5, "High"

    frozen_when = "true"
    frozen_except = ("resolved_at", "resolved_by_id", "resolution")

    patient = models.ForeignKey(Patient, **kept_as("concerns"))
    # What raised it: one of the two; neither, where somebody wrote it in their own words.
    assessment = models.ForeignKey(Assessment, null=True, **kept_as("concerns"))
    observation = models.ForeignKey(Observation, null=True, **kept_as("concerns"))
    # Of a result: which of those that cannot wait it is, by its key.
    cause = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    level = models.PositiveSmallIntegerField(choices=Level)
    reason = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Staff, null=True, **KEPT)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Staff, null=True, **KEPT)
    resolution = models.CharField(max_length=500, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "assessment", "kind"], name="concern_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "observation"], name="concern_once_a_result"
            ),
            models.CheckConstraint(
                condition=Q(assessment=None, observation__isnull=False, kind="result")
                | Q(assessment__isnull=False, observation=None) & ~Q(kind="result")
                | Q(
                    assessment=None,
                    observation=None,
                    kind="suicide_risk",
                    cause=OWN_WORDS,
                ),
                name="concern_has_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="concern_level_known"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolution="")
                | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="concern_resolved_has_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-level"],
                condition=Q(resolved_at=None),
                name="concern_open",
            )
        ]
