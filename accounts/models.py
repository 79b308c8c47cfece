from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.choices import known_choices
from accounts.permissions import Role
from accounts.tenancy import KEPT, ClinicOwned, kept_as


class Clinic(models.Model):
    """A clinic: the tenant. An OTP dispenses methadone; other clinics prescribe."""

    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    is_otp = models.BooleanField(default=False)
    is_rems_certified = models.BooleanField(default=False)
    mrn_prefix = models.CharField(max_length=8, unique=True)
    next_mrn = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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
