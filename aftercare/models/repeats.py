from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from aftercare.models.follow_ups import FollowUp
from knowledge.schedule.repeats import RepeatPattern
from patients.models import Patient

LONGEST_LINK = 300


class CareRepeatQuerySet(ClinicQuerySet["CareRepeat"]):
    def in_force(self) -> Self:
        return self.filter(ended_at=None)


@known_choices(assigned_role="carerepeat_role_known")
class CareRepeat(ClinicOwned):
    """A follow-up that staff have repeated; each occurrence is owed by reckoning."""

    frozen_when = "true"
    frozen_except = ("ended_at", "ended_by_id")

    patient = models.ForeignKey(Patient, **kept_as("repeats"))
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    reason = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=LONGEST_LINK, blank=True)
    first_on = models.DateField()
    every_weeks = models.PositiveSmallIntegerField()
    times = models.PositiveSmallIntegerField(null=True)
    until_on = models.DateField(null=True)
    # The allowed days around each.
    days_before = models.PositiveSmallIntegerField()
    days_after = models.PositiveSmallIntegerField()
    assigned_role = models.CharField(max_length=12, choices=FollowUp.AssignedRole)
    assigned_to = models.ForeignKey(Staff, null=True, **KEPT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, **KEPT)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = CareRepeatQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(times=None, until_on__isnull=False)
                | Q(times__isnull=False, until_on=None),
                name="carerepeat_ends",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="carerepeat_ended_has_who",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "id"],
                condition=Q(ended_at=None),
                name="carerepeat_in_force",
            )
        ]

    @property
    def pattern(self) -> RepeatPattern:
        return RepeatPattern(
            first_on=self.first_on,
            weeks=self.every_weeks,
            times=self.times,
            until_on=self.until_on,
        )
