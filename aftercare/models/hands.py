from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from patients.models import CareTeamMember, Patient


class HandOverQuerySet(ClinicQuerySet["HandOver"]):
    def standing(self) -> Self:
        return self.filter(taken_back_at=None)

    def covers(self, *, on: date) -> Self:
        """Those by which somebody stands in for somebody on this day."""
        return self.standing().filter(since_on__lte=on, until_on__gte=on)

    def not_over(self, *, on: date) -> Self:
        """Covers that hold or are still to come."""
        return self.standing().filter(until_on__gte=on)


@known_choices(kind="handover_kind_known", part="handover_part_known")
class HandOver(ClinicOwned):
    """People given into other hands: for good, or until a day while somebody is away.

    For good, parts and follow-ups move; until a day nothing moves, and whoever covers
    sees and hears of it. Made once, it can be taken back.
    """

    class Kind(models.TextChoices):
        FOR_GOOD = "for_good", "For good"
        COVER = "cover", "Cover, until a day"
        AWAY = "away", "Cover of everybody, while away"
        # A part given to one of the staff, whoever held it.
        ASSIGNED = "assigned", "Assigned"

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")

    kind = models.CharField(max_length=8, choices=Kind)
    # None: whoever held the part.
    from_staff = models.ForeignKey(Staff, null=True, **KEPT)
    to_staff = models.ForeignKey(Staff, **KEPT)
    # Of a part that is assigned; empty: every part of theirs.
    part = models.CharField(
        max_length=14, choices=CareTeamMember.Part.choices, blank=True
    )
    since_on = models.DateField()
    # The last day of a cover.
    until_on = models.DateField(null=True)
    words = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cover", "away"], until_on__gte=F("since_on"))
                | Q(kind__in=["for_good", "assigned"], until_on=None),
                name="handover_cover_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(kind="assigned") | Q(from_staff__isnull=False),
                name="handover_has_from_whom",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="handover_taken_back_has_who",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "until_on"],
                condition=Q(until_on__isnull=False, taken_back_at=None),
                name="handover_covers",
            ),
        ]


class HandedPerson(ClinicRow):
    """One person of a hand-over: what has to be known of them, and what moved."""

    frozen_when = "true"

    hand_over = models.ForeignKey(HandOver, **kept_as("people"))
    patient = models.ForeignKey(Patient, **kept_as("hand_overs"))
    words = models.CharField(max_length=300, blank=True)
    # Parts and follow-ups by number, each with who had it and who got it.
    moved = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "hand_over", "patient"], name="handedperson_once"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient"], name="handedperson_of_patient"),
        ]
