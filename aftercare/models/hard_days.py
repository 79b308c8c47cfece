from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import (
    KEPT,
    ClinicOwned,
    ClinicQuerySet,
    ClinicRow,
    kept_as,
)
from patients.models import Patient


class HardDayKinds(models.TextChoices):
    SAFETY = "safety", "Safety plan"
    USE = "use", "Plan for hard days"


class HardDayPlanQuerySet(ClinicQuerySet["HardDayPlan"]):
    def agreed(self) -> Self:
        """Finished versions, the newest first: that one is in force."""
        return self.filter(agreed_at__isnull=False).order_by("-agreed_at", "-pk")

    def drafts(self) -> Self:
        return self.filter(agreed_at=None).order_by("-started_at", "-pk")


@known_choices(kind="harddayplan_kind_known")
class HardDayPlan(ClinicOwned):
    """A plan for bad days, made with the person. Free to change as a draft; once agreed
    it stays, and the next version takes its place."""

    frozen_when = "row.agreed_at IS NOT NULL"

    patient = models.ForeignKey(Patient, **kept_as("hard_day_plans"))
    kind = models.CharField(max_length=6, choices=HardDayKinds)
    version = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Staff, **KEPT)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(Staff, null=True, **KEPT)
    # The day by which it is looked at again, agreed with it.
    review_on = models.DateField(null=True)

    objects = HardDayPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None, review_on=None)
                | Q(
                    agreed_at__isnull=False,
                    agreed_by__isnull=False,
                    review_on__isnull=False,
                ),
                name="harddayplan_agreed_has_who_and_until",
            )
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "kind"], name="harddayplan_of_patient"
            )
        ]


class HardDayPart(ClinicRow):
    """One part of such a plan: the person's words, and what was asked for it."""

    frozen_when = (
        "EXISTS (SELECT 1 FROM aftercare_harddayplan p"
        " WHERE p.id = row.plan_id AND p.agreed_at IS NOT NULL)"
    )
    frozen_adding = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(HardDayPlan, **kept_as("parts"))
    part = models.CharField(max_length=10)
    # One thing a line, as they said it.
    words = models.TextField(blank=True)
    # By question; what is missing was not asked.
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "part"], name="harddaypart_once"),
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None)
                | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="harddaypart_saved_has_who",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "plan"], name="harddaypart_of_plan")]

    @property
    def lines(self) -> list[str]:
        """What was said, one thing at a time."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]


class HardDayReview(ClinicRow):
    """A look at a plan together that left it as it is."""

    append_only = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(HardDayPlan, **kept_as("reviews"))
    words = models.CharField(max_length=300, blank=True)
    next_on = models.DateField()
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        indexes = [
            models.Index(fields=["clinic", "plan"], name="harddayreview_of_plan")
        ]
