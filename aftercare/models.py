from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Staff
from accounts.tenancy import ClinicOwned
from patients.models import Patient
from patients.models.people import OwnedByPatientQuerySet
from plans.models import Plan


class FollowUpQuerySet(OwnedByPatientQuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(status__in=[FollowUp.Status.PLANNED, FollowUp.Status.DUE, FollowUp.Status.MISSED])

    def to_mark_due(self, *, on: date) -> Self:
        """Planned ones whose window has opened."""
        return self.filter(status=FollowUp.Status.PLANNED, earliest_on__lte=on)

    def to_mark_missed(self, *, on: date) -> Self:
        """Due ones whose window has closed without an outcome."""
        return self.filter(status=FollowUp.Status.DUE, latest_on__lt=on)

    def to_remind(self, *, on: date) -> Self:
        """Due ones about which nobody has been told yet."""
        return self.filter(
            status=FollowUp.Status.DUE, due_on__lte=on, reminded_at=None
        )

    def to_escalate(self) -> Self:
        """Missed ones that no care manager has been told of yet."""
        return self.filter(status=FollowUp.Status.MISSED, escalated_at=None)


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

    class AssignedRole(models.TextChoices):
        CLINICIAN = "clinician", "Clinician"
        PRESCRIBER = "prescriber", "Prescriber"
        CARE_MANAGER = "care_manager", "Care manager"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="follow_ups"
    )
    plan = models.ForeignKey(
        Plan, null=True, on_delete=models.PROTECT, related_name="follow_ups"
    )
    # What makes scheduling twice one row: patient, plan or protocol, kind, ordinal.
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    reason = models.CharField(max_length=300, blank=True)
    cite = models.CharField(max_length=40, blank=True)
    verified = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    earliest_on = models.DateField()
    due_on = models.DateField()
    latest_on = models.DateField()
    assigned_role = models.CharField(
        max_length=12, choices=AssignedRole, default=AssignedRole.CARE_MANAGER
    )
    assigned_to = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED)
    reminded_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="followup_once"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "due", "done", "missed", "cancelled"]),
                name="followup_status_known",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["plan", "protocol", "event", "staff"]),
                name="followup_origin_known",
            ),
            models.CheckConstraint(
                condition=Q(assigned_role__in=["clinician", "prescriber", "care_manager"]),
                name="followup_role_known",
            ),
            models.CheckConstraint(
                condition=Q(earliest_on__lte=F("due_on"), due_on__lte=F("latest_on")),
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

    def __str__(self) -> str:
        return f"{self.kind} for {self.patient_id}"


class OutreachAttempt(ClinicOwned):
    """One try to reach a person, and what came of it. Taken back, never erased."""

    class Outcome(models.TextChoices):
        REACHED_COMING = "reached_coming", "Reached, coming"
        REACHED_NOT_COMING = "reached_not_coming", "Reached, not coming"
        LEFT_MESSAGE = "left_message", "Left safe message"
        NO_ANSWER = "no_answer", "No answer"
        NOT_WORKING = "not_working", "Number not working"

    class Channel(models.TextChoices):
        PHONE = "phone", "Phone"
        IN_PERSON = "in_person", "In person"
        LETTER = "letter", "Letter"
        VIDEO = "video", "Video"

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="outreach_attempts"
    )
    follow_up = models.ForeignKey(
        FollowUp, null=True, on_delete=models.PROTECT, related_name="attempts"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PHONE)
    outcome = models.CharField(max_length=18, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    closed_follow_up = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OwnedByPatientQuerySet["OutreachAttempt"].as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["reached_coming", "reached_not_coming", "left_message", "no_answer", "not_working"]
                ),
                name="outreach_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["phone", "in_person", "letter", "video"]),
                name="outreach_channel_known",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-made_at"], name="outreach_of_patient")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} for {self.patient_id}"


class Notice(ClinicOwned):
    """An e-mail to someone on the staff, owed once: written with what it is about,
    claimed by one sender, kept until it is sent."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Reminder"
        ESCALATION = "escalation", "Missed follow-up"

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    recipient = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, related_name="notices"
    )
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)

    objects = OwnedByPatientQuerySet["Notice"].as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["reminder", "escalation"]),
                name="notice_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="notice_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SweepRun(ClinicOwned):
    """What one sweep did for one clinic. A sweep that found nothing leaves no row but
    the last one."""

    class Name(models.TextChoices):
        FOLLOW_UPS = "follow_ups", "Follow-ups: due, missed, escalated"
        NOTICES = "notices", "Reminders sent"

    name = models.CharField(max_length=12, choices=Name)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    objects = OwnedByPatientQuerySet["SweepRun"].as_manager()

    class Meta:
        ordering = ["-finished_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(name__in=["follow_ups", "notices"]),
                name="sweeprun_name_known",
            )
        ]
        indexes = [models.Index(fields=["clinic", "-finished_at"], name="sweeprun_latest")]

    def __str__(self) -> str:
        return f"{self.name} at {self.finished_at:%H:%M}"
