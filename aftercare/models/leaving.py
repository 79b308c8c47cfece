from django.db import models
from django.db.models import Q

from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as


class StaffLeaving(ClinicRow):
    """A colleague who leaves: the day, who agreed to take over, and when it was done."""

    frozen_when = "row.ended_at IS NOT NULL"

    staff = models.ForeignKey(Staff, **KEPT)
    # The last day of their access.
    leaves_on = models.DateField()
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(Staff, **KEPT)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Staff, null=True, **KEPT)
    ended_at = models.DateTimeField(null=True)
    # Who is named so far, where a page asked for it.
    named_here: str = ""

    class Meta:
        ordering = ["leaves_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "staff"],
                condition=Q(ended_at=None),
                name="staffleaving_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="staffleaving_confirmed_has_who",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "leaves_on"],
                condition=Q(confirmed_at__isnull=False, ended_at=None),
                name="staffleaving_to_end",
            )
        ]


class Successor(ClinicRow):
    """Who takes over one group of what a leaving colleague holds, by the group's key."""

    leaving = models.ForeignKey(StaffLeaving, **kept_as("successors"))
    group = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, **KEPT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "leaving", "group"], name="successor_one_a_group"
            )
        ]
