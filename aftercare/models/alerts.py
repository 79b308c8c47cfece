from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.permissions import Role
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from aftercare.models.check_ins import CheckIn
from assessments.models import Concern, Handover
from knowledge.schedule.alerts import LIFE, AlertRung, alert_rules
from patients.models import Patient


def rung_choices() -> list[tuple[str, str]]:
    """Every rung of the climb with its title."""
    return [(one.key.value, one.title) for one in alert_rules().rung]


class AlertQuerySet(ClinicQuerySet["Alert"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)

    def unacknowledged(self) -> Self:
        """Those that still climb."""
        return self.open().filter(acknowledged_at=None)


@known_choices(
    source="alert_source_known",
    next_rung="alert_next_rung_known",
    ended_why="alert_ended_why_known",
)
class Alert(ClinicOwned):
    """An answer or a result that went to somebody at once. It climbs until somebody says
    by name that they have it, and is over with what raised it."""

    class Source(models.TextChoices):
        ANSWERS = "answers", "Answers"
        RESULT = "result", "Result that cannot wait"
        TYPED = "typed", "Answers typed and not sent"

    class Ended(models.TextChoices):
        RESOLVED = "resolved", "The concern was resolved"
        ANSWERED = "answered", "Somebody said what was done"
        FOLLOWED = "followed", "New answers called anew"
        DIED = "died", "They died"

    frozen_when = "true"
    frozen_except = (
        *("concern_id", "level", "reason", "typed", "next_rung", "next_call_at"),
        *("acknowledged_at", "acknowledged_by_id", "ended_at", "ended_by_id"),
        *("ended_why", "words"),
    )

    patient = models.ForeignKey(Patient, **kept_as("alerts"))
    source = models.CharField(max_length=7, choices=Source)
    # "suicide_risk", or "result:" with which of those that cannot wait it is.
    cause = models.CharField(max_length=60)
    # The person and the cause: one at a time.
    key = models.CharField(max_length=80)
    # None where answers were typed and not sent.
    concern = models.ForeignKey(Concern, null=True, **kept_as("alerts"))
    check_in = models.ForeignKey(CheckIn, null=True, **kept_as("alerts"))
    handover = models.ForeignKey(Handover, null=True, **kept_as("alerts"))
    level = models.PositiveSmallIntegerField(choices=Concern.Level)
    reason = models.CharField(max_length=300)
    # Codes of what was typed, by instrument and item, as it stood when it called.
    typed = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    next_rung = models.CharField(max_length=10, choices=rung_choices)
    next_call_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Staff, null=True, **KEPT)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, **KEPT)
    ended_why = models.CharField(max_length=8, choices=Ended, blank=True)
    words = models.CharField(max_length=500, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "key"],
                condition=Q(ended_at=None),
                name="alert_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(source="typed") ^ Q(check_in=None, handover=None),
                name="alert_typed_has_where",
            ),
            models.CheckConstraint(
                condition=Q(source="typed") | Q(concern__isnull=False),
                name="alert_has_its_origin",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_name",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | Q(ended_at__isnull=False) & ~Q(ended_why=""),
                name="alert_ended_says_why",
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="alert_level_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "next_call_at"],
                condition=Q(acknowledged_at=None, ended_at=None),
                name="alert_to_call",
            ),
            models.Index(fields=["clinic", "-raised_at"], name="alert_latest"),
        ]

    @property
    def title(self) -> str:
        return alert_rules().title(self.kind, self.level)

    @property
    def kind(self) -> str:
        return self.cause.partition(":")[0]

    @property
    def care_key(self) -> str:
        """What duties that follow from it name: its concern, else itself."""
        return f"alert{self.pk}" if self.concern_id is None else str(self.concern_id)

    @property
    def duty_prefix(self) -> str:
        """How the keys of those duties begin."""
        return f"{self.patient_id}:concern:{self.care_key}:"

    @property
    def is_about_life(self) -> bool:
        return self.kind == LIFE

    @property
    def is_climbing(self) -> bool:
        return self.acknowledged_at is None and self.ended_at is None


@known_choices(rung="alertcall_rung_known", role="alertcall_role_known")
class AlertCall(ClinicRow):
    """One person told of an alert, on which rung and when; or that nobody stood on it."""

    # Of itself it says only when its e-mail went out.
    with_history = False
    frozen_when = "true"
    frozen_except = ("sent_at",)

    alert = models.ForeignKey(Alert, **kept_as("calls"))
    rung = models.CharField(max_length=10, choices=rung_choices)
    # Which time that everybody is told again; 0 before.
    number = models.PositiveSmallIntegerField(default=0)
    # The role that was called, where it was a whole role: whoever takes it up since sees
    # the alert too.
    role = models.CharField(max_length=20, choices=Role, blank=True)
    recipient = models.ForeignKey(Staff, null=True, **KEPT)
    called_at = models.DateTimeField()
    # Who could not, and passed it on to this rung.
    passed_on_by = models.ForeignKey(Staff, null=True, **KEPT)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["called_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "alert", "rung", "number", "recipient"],
                nulls_distinct=False,
                name="alertcall_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None, recipient__isnull=False),
                name="alertcall_to_send",
            )
        ]

    @property
    def rung_of(self) -> AlertRung:
        return AlertRung(self.rung)
