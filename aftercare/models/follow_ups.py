from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from knowledge.schedule.steps import DutySeverity
from patients.models import Patient
from plans.models import Plan

# The states in which something is still owed.
OPEN = ("planned", "due", "missed")


class FollowUpQuerySet(ClinicQuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def to_mark_due(self, *, on: date) -> Self:
        """Planned ones whose window has opened."""
        return self.filter(status=FollowUp.Status.PLANNED, earliest_on__lte=on)

    def to_mark_missed(self, *, on: date) -> Self:
        """Due ones whose window has closed without an outcome."""
        return self.filter(status=FollowUp.Status.DUE, latest_on__lt=on)

    def to_remind(self, *, on: date) -> Self:
        """Due ones about which nobody has been told yet."""
        return self.filter(status=FollowUp.Status.DUE, due_on__lte=on, reminded_at=None)

    def to_escalate(self) -> Self:
        """Missed ones that no care manager has been told of yet."""
        return self.filter(status=FollowUp.Status.MISSED, escalated_at=None)


@known_choices(
    status="followup_status_known",
    origin="followup_origin_known",
    severity="followup_severity_known",
    occasion="followup_occasion_known",
    assigned_role="followup_role_known",
)
class FollowUp(ClinicOwned):
    """Something owed to a person in care: a visit, a call, a review, an examination."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        DUE = "due", "Due"
        DONE = "done", "Done"
        MISSED = "missed", "Missed"
        CANCELLED = "cancelled", "Cancelled"

    class Origin(models.TextChoices):
        PLAN = "plan", "From the plan"
        PROTOCOL = "protocol", "From a protocol"
        EVENT = "event", "After an event"
        STAFF = "staff", "Added by staff"

    class Occasion(models.TextChoices):
        """Reference A18: when instruments are given again."""

        FIRST_WEEKS = "first_weeks", "Weeks 4, 8 and 12"
        EVERY_90_DAYS = "every_90_days", "Every 90 days"
        YEARLY = "yearly", "Yearly"
        AFTER_EVENT = "after_event", "After an event"

    class AssignedRole(models.TextChoices):
        CLINICIAN = "clinician", "Clinician"
        PRESCRIBER = "prescriber", "Prescriber"
        CARE_MANAGER = "care_manager", "Care manager"

    patient = models.ForeignKey(Patient, **kept_as("follow_ups"))
    plan = models.ForeignKey(Plan, null=True, **kept_as("follow_ups"))
    # What makes scheduling twice one row: patient, plan or protocol, kind, ordinal.
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    # Of measures: the part of the calendar that says which instruments they are.
    occasion = models.CharField(max_length=14, choices=Occasion, blank=True)
    title = models.CharField(max_length=160)
    reason = models.CharField(max_length=300, blank=True)
    cite = models.CharField(max_length=120, blank=True)
    verified = models.CharField(max_length=60, blank=True)
    # Of a video visit: pressed here, and in no mail, no file and no log.
    link = models.URLField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    severity = models.CharField(
        max_length=7,
        choices=[(one.value, one.words) for one in DutySeverity],
        default=DutySeverity.ROUTINE.value,
    )
    earliest_on = models.DateField()
    due_on = models.DateField()
    latest_on = models.DateField()
    # After a try that reached nobody: the day to try again. Empties the day's list
    # without moving what is owed.
    next_try_on = models.DateField(null=True)
    assigned_role = models.CharField(
        max_length=12, choices=AssignedRole, default=AssignedRole.CARE_MANAGER
    )
    assigned_to = models.ForeignKey(Staff, null=True, **KEPT)
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED)
    reminded_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Nobody looks for what somebody closed, and each index makes a sweep slower.
    closed_by = models.ForeignKey(Staff, null=True, **KEPT, db_index=False)
    outcome = models.CharField(max_length=300, blank=True)
    # The day on which it was done, by the evidence; None where only its closing is known.
    kept_on = models.DateField(null=True)
    # Somebody chose who does it: reckoning anew leaves that too.
    given_at = models.DateTimeField(null=True)
    # Somebody chose its day: reckoning anew leaves it where they put it.
    moved_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="followup_once"),
            models.CheckConstraint(
                # Put on a day after its window, it keeps the window and stays late.
                condition=Q(earliest_on__lte=F("due_on"))
                & Q(earliest_on__lte=F("latest_on"))
                & (Q(due_on__lte=F("latest_on")) | Q(moved_at__isnull=False)),
                name="followup_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "due", "missed"], closed_at=None)
                | Q(status__in=["done", "cancelled"], closed_at__isnull=False),
                name="followup_closed_has_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "earliest_on", "id"],
                condition=Q(status="planned"),
                name="followup_to_open",
            ),
            models.Index(
                fields=["clinic", "latest_on", "id"],
                condition=Q(status="due"),
                name="followup_to_miss",
            ),
            models.Index(
                fields=["clinic", "patient", "due_on"],
                condition=Q(status__in=["planned", "due", "missed"]),
                name="followup_open_of_patient",
            ),
            models.Index(
                "clinic",
                Coalesce("next_try_on", "due_on"),
                "id",
                condition=Q(status__in=OPEN),
                name="followup_to_act",
            ),
            models.Index(
                fields=["clinic", "latest_on", "id"],
                condition=Q(status__in=OPEN),
                name="followup_by_window_end",
            ),
            models.Index(
                fields=["clinic", "patient", "-closed_at"],
                condition=Q(status="done"),
                name="followup_kept",
            ),
            models.Index(
                fields=["clinic", "id"],
                condition=Q(status="missed", escalated_at=None),
                name="followup_to_escalate",
            ),
            models.Index(
                fields=["clinic", "due_on", "id"],
                condition=Q(status="due", reminded_at=None),
                name="followup_to_remind",
            ),
        ]

    @property
    def series(self) -> int | None:
        """The series of staff that it is of, where it is of one."""
        _, is_of_one, rest = self.key.partition(":repeat:")
        return int(rest.partition(":")[0]) if is_of_one else None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN
