from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

import accounts.entry_rows  # noqa: F401 - its tables belong to this app
from accounts.choices import known_choices
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from accounts.tenancy import KEPT, ClinicOwned, ClinicRow, kept_as
from knowledge.schedule.open_days import week_words


class PageLanguage(models.TextChoices):
    """A language that people can answer, talk and read in."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


def every_language() -> list[str]:
    return list(PageLanguage.values)


@known_choices(accreditor="clinic_accreditor_known", duty_role="clinic_duty_role_known")
class Clinic(models.Model):
    """A clinic: the tenant. An OTP dispenses methadone; other clinics prescribe.

    Its settings are changed by `accounts.clinic_settings.actions` alone, each change
    with what was before.
    """

    class Accreditor(models.TextChoices):
        """Bodies approved under 42 CFR 8.3, and states that accredit."""

        CARF = "carf", "CARF International"
        JOINT_COMMISSION = "tjc", "The Joint Commission"
        COA = "coa", "Council on Accreditation"
        NCCHC = "ncchc", "NCCHC (jails and prisons)"
        STATE = "state", "The state"

    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    is_otp = models.BooleanField(default=False)
    is_rems_certified = models.BooleanField(default=False)
    mrn_prefix = models.CharField(max_length=8, unique=True)
    next_mrn = models.PositiveIntegerField(default=1)
    # Who needs a second step to sign in, and from which of the clinic's days.
    factor_required_roles = models.JSONField(default=list, blank=True)
    factor_required_from = models.DateField(null=True, blank=True)
    # False from its opening until an admin opens it for people; it never closes again,
    # since a setting that went missing must not keep anybody out.
    takes_people = models.BooleanField(default=True)
    # Printed on papers.
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    after_hours_phone = models.CharField(max_length=30, blank=True)
    languages = models.JSONField(default=every_language)
    # "06:00-17:00" by the number of the weekday; none said: no day is closed by it.
    opening_hours = models.JSONField(default=dict)
    dosing_hours = models.JSONField(default=dict)
    state = models.CharField(max_length=2, blank=True)
    keeps_holidays = models.BooleanField(default=False)
    # Of an opioid treatment program.
    program_number = models.CharField(max_length=40, blank=True)
    program_until = models.DateField(null=True)
    accreditor = models.CharField(max_length=5, choices=Accreditor, blank=True)
    accredited_until = models.DateField(null=True)
    sponsor = models.CharField(max_length=120, blank=True)
    sublocade_until = models.DateField(null=True)
    brixadi_until = models.DateField(null=True)
    # Who is told where nobody else is: alerts, parts that are vacant.
    duty_role = models.CharField(max_length=20, choices=Role, blank=True)
    acknowledge_minutes = models.PositiveSmallIntegerField(default=15)
    escalate_minutes = models.PositiveSmallIntegerField(default=15)
    record_years = models.PositiveSmallIntegerField(default=10)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def open_words(self) -> str:
        """`Mon to Fri 06:00-17:00`; empty where nobody said its hours."""
        return week_words(self.opening_hours)

    @property
    def dosing_words(self) -> str:
        return week_words(self.dosing_hours)


class StaffManager(BaseUserManager["Staff"]):
    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(email__iexact=username or "")


class StaffQuerySet(models.QuerySet["Staff"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def at_clinic(self, clinic: Clinic) -> Self:
        """Everyone with a role here, each once."""
        return self.filter(
            pk__in=Membership.objects.filter(clinic=clinic).values("staff")
        ).order_by("name", "pk")

    def who_may(self, permission: Permission, clinic: Clinic) -> Self:
        """Everyone with a role here that has this right: what is given to anybody else
        would lie with somebody who cannot do it."""
        roles = [role for role in Role if permission in ROLE_PERMISSIONS[role]]
        held = Membership.objects.filter(clinic=clinic, role__in=roles)
        return self.filter(pk__in=held.values("staff")).order_by("name", "pk")


class Staff(AbstractBaseUser):
    """A person who works at one clinic or several, and signs in by e-mail."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=60, blank=True)
    supervisor = models.ForeignKey("self", null=True, blank=True, **KEPT)
    is_active = models.BooleanField(default=True)
    # Part of every session's proof: a new number ends all sessions at once.
    session_generation = models.PositiveIntegerField(default=1)
    joined_at = models.DateTimeField()
    # The roles at the clinic at hand, where a page asked for them.
    roles_here: str = ""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = StaffManager.from_queryset(StaffQuerySet)()

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="staff_email_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}:{self.session_generation}"


@known_choices(role="membership_role_known")
class Membership(models.Model):
    """One role of one person at one clinic."""

    staff = models.ForeignKey(
        Staff, on_delete=models.CASCADE, related_name="memberships"
    )
    clinic = models.ForeignKey(Clinic, **kept_as("memberships"))
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "staff", "role"], name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role} at {self.clinic_id}"


class AuditEvent(models.Model):
    """Who did what, whose it was and why. Rows are only ever added.

    Plain values in place of foreign keys, so that the trail neither blocks nor
    follows a deletion of what it describes. Facts hold ids and codes, never a
    name, an answer or an identifier of a person in care.
    """

    at = models.DateTimeField()
    clinic_id = models.BigIntegerField(null=True)
    staff_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    patient_id = models.BigIntegerField(null=True)
    why = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    facts = models.JSONField(default=dict)
    # Filled by the database: when the row was written, and for whom the session was.
    written_at = models.DateTimeField(null=True, editable=False)
    written_for = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["clinic_id", "-at", "-id"], name="audit_by_clinic"),
            models.Index(fields=["patient_id", "-at"], name="audit_by_patient"),
            models.Index(fields=["staff_id", "-at"], name="audit_by_staff"),
            # Who stood on a list that was seen.
            GinIndex(
                OpClass(F("facts"), name="jsonb_path_ops"),
                condition=Q(verb="list.seen"),
                name="audit_lists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.subject}"


class AuditChain(models.Model):
    """The last link of one clinic's audit; 0 is what belongs to no clinic."""

    clinic = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.clinic}: {self.number} {self.digest}"


class AuditLink(models.Model):
    """One row of the audit in its clinic's chain, written by the database at the commit.

    `digest`: SHA-256 of the digest before and the row's text
    (`mainstay_audit_text`).
    """

    clinic = models.BigIntegerField()
    number = models.BigIntegerField()
    event = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="audit_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.clinic}: {self.number} {self.digest}"


class RowHistory(models.Model):
    """Every change of every clinical row, and of staff, roles and clinics, written by the
    database's own trigger."""

    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    # None: of staff, who may work at several clinics.
    clinic_id = models.BigIntegerField(null=True)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["table_name", "row_id", "id"], name="history_of_row")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(operation__in=["insert", "update", "delete"]),
                name="history_operation_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"


class OfStaffQuerySet[Row: models.Model](models.QuerySet[Row]):
    def visible_to(self, staff: Staff) -> Self:
        """What this person sent; nobody else reads it, not at the same clinic either."""
        return self.filter(staff=staff)


class SentForm(ClinicOwned):
    """A form that was sent once: its token, a digest of what it said, the answer kept.

    Sent again, it gets the same answer. The rows say nothing that the audit does not,
    and go after some days.
    """

    with_history = False

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    body = models.TextField(blank=True)

    objects = OfStaffQuerySet["SentForm"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "staff", "token"], name="submission_once"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="submission_by_age")]


class UnsentText(ClinicOwned):
    """What somebody sent after their session was over, until they send it or drop it."""

    with_history = False

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=2000)
    fields = models.JSONField()
    at = models.DateTimeField()

    objects = OfStaffQuerySet["UnsentText"].as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="unsent_by_age")]


class ClinicDay(ClinicRow):
    """A day on which the clinic is closed, or open, whatever its week says."""

    day = models.DateField()
    is_open = models.BooleanField(default=False)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day"], name="clinicday_once")
        ]


@known_choices(outcome="kindproposal_outcome_known")
class KindProposal(ClinicRow):
    """A change to an opioid treatment program or away from it, which takes two people.

    Decided, it stays as it is.
    """

    class Outcome(models.TextChoices):
        AGREED = "agreed", "Agreed"
        DROPPED = "dropped", "Dropped"

    frozen_when = "row.decided_at IS NOT NULL"

    is_otp = models.BooleanField()
    why = models.CharField(max_length=200)
    # The consequences as they were told to who proposed it.
    told = models.JSONField(default=list)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Staff, **KEPT)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"],
                condition=Q(decided_at=None),
                name="kindproposal_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="agreed") | ~Q(decided_by=models.F("proposed_by")),
                name="kindproposal_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None, decided_by=None)
                | ~Q(outcome="")
                & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="kindproposal_decided_has_who",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "-proposed_at"], name="kindproposal_newest")
        ]


class FirstRunKey(models.Model):
    """A key that opens the first page of an empty site, once; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self._meta.label_lower}:{self.pk}"
