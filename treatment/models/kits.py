from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from knowledge.formulary.reversal import product_choices
from patients.models import Patient


class KitDeedQuerySet(ClinicQuerySet["KitDeed"]):
    def in_force(self) -> Self:
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


@known_choices(kind="kitdeed_kind_known", product="kitdeed_product_known")
class KitDeed(ClinicOwned):
    """Something done with an overdose-reversal kit: offered, handed over, used, lost.
    What was recorded stays; a mistake is taken back."""

    class Kind(models.TextChoices):
        GIVEN = "given", "Given"
        REFILLED = "refilled", "Given again"
        HOUSEHOLD = "household", "Given to somebody close, and shown"
        HAS_ONE = "has_one", "Has one from elsewhere"
        TRAINED = "trained", "Shown how to use it"
        OFFERED = "offered", "Offered"
        DECLINED = "declined", "Declined"
        USED = "used", "Used"
        LOST = "lost", "Lost or taken"
        EXPIRED = "expired", "Expired or spoiled"

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id", "taken_back_why")

    patient = models.ForeignKey(Patient, **kept_as("kit_deeds"))
    kind = models.CharField(max_length=9, choices=Kind)
    on = models.DateField()
    product = models.CharField(max_length=12, choices=product_choices, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    # Empty where nobody read it.
    expires_on = models.DateField(null=True)
    count = models.PositiveSmallIntegerField(default=1)
    # Of a kit that was declined: why, in the person's words.
    reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)
    taken_back_why = models.CharField(max_length=200, blank=True)

    objects = KitDeedQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="declined") | ~Q(reason=""),
                name="kitdeed_declined_has_why",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1), name="kitdeed_counts_something"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None, taken_back_why="")
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="kitdeed_taken_back_has_who",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-on"], name="kitdeed_of_patient")
        ]
