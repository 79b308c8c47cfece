from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.tenancy import ClinicOwned, ClinicQuerySet, kept_as
from aftercare.models.follow_ups import FollowUp
from aftercare.owed.state import CarePhase
from patients.models import Patient
from patients.names import LONGEST_SORT_NAME


class CaseloadLineQuerySet(ClinicQuerySet["CaseloadLine"]):
    def without_next_step(self) -> Self:
        """Those to whom nothing is owed though something has to be."""
        return self.filter(lacks_next_step=True)


@known_choices(phase="caseloadline_phase_known")
class CaseloadLine(ClinicOwned):
    """What lists say of one person, worked out from the record whenever it changes.

    `danger` is the factors that are written, the gravest first, as one word that
    compares as people do; `until_on` and `since_on` are those of the gravest. What comes
    by the day alone has the day on which it begins, so that yesterday's line is in its
    place today.
    """

    # Worked out from rows that keep their history; it can be made again from them.
    with_history = False
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("caseload_lines"))
    phase = models.CharField(
        max_length=8, choices=[(one.value, one.name.capitalize()) for one in CarePhase]
    )
    sort_name = models.CharField(max_length=LONGEST_SORT_NAME)
    medicine = models.CharField(max_length=20, blank=True)
    danger = models.CharField(max_length=20, blank=True, db_collation="C")
    until_on = models.DateField(null=True)
    since_on = models.DateField(null=True)
    # From when on the window of an injection is over, where it is not yet.
    window_from = models.DateField(null=True)
    federal_from = models.DateField(null=True)
    late_from = models.DateField(null=True)
    silent_from = models.DateField(null=True)
    # When something is to be done next.
    act_on = models.DateField(null=True)
    lacks_next_step = models.BooleanField()
    # Every factor with its days, without names.
    factors = models.JSONField()
    top_follow_up = models.ForeignKey(
        FollowUp, null=True, on_delete=models.SET_NULL, related_name="caseload_lines"
    )
    # How many are open in their days.
    owed_count = models.PositiveSmallIntegerField()
    # Who has to act now: named staff, and roles where nobody of the team holds the part.
    acting_staff = ArrayField(models.BigIntegerField())
    acting_roles = ArrayField(models.CharField(max_length=12))
    heard_on = models.DateField(null=True)
    tried_at = models.DateTimeField(null=True)
    next_try_on = models.DateField(null=True)
    reconciled_at = models.DateTimeField()

    objects = CaseloadLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"], name="caseloadline_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "danger", "until_on", "since_on"],
                condition=~Q(danger=""),
                name="caseload_by_danger",
            ),
            models.Index(
                fields=["clinic", "window_from"],
                condition=Q(window_from__isnull=False),
                name="caseload_by_window",
            ),
            models.Index(
                fields=["clinic", "federal_from", "sort_name"],
                condition=Q(federal_from__isnull=False),
                name="caseload_by_federal_day",
            ),
            models.Index(
                fields=["clinic", "late_from", "sort_name"],
                condition=Q(late_from__isnull=False),
                name="caseload_by_lateness",
            ),
            models.Index(
                fields=["clinic", "silent_from", "sort_name"],
                condition=Q(silent_from__isnull=False),
                name="caseload_by_silence",
            ),
            models.Index(
                fields=["clinic", "act_on", "sort_name"], name="caseload_by_day"
            ),
            models.Index(
                fields=["clinic", "sort_name"],
                condition=Q(lacks_next_step=True),
                name="caseload_without_step",
            ),
            models.Index(
                fields=["clinic", "sort_name", "patient"], name="caseload_by_name"
            ),
        ]
