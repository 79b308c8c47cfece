"""Rows of coming in: second factors, tries, sessions, mail about accounts, roles asked
for. What is of a person on the staff is of no clinic; it holds nothing of anybody in care.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.choices import known_choices
from accounts.permissions import Role
from accounts.tenancy import KEPT, ClinicQuerySet, ClinicRow

OF_STAFF: dict[str, Any] = {"on_delete": models.CASCADE, "related_name": "+"}
STAFF = "accounts.Staff"

# What a session says of itself; its row is filled from there.
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
CAME_FROM = "came_from"
STAFF_ID = "_auth_user_id"
LABEL_LENGTH = 16


class CodeApp(models.Model):
    """An authenticator app: its secret, sealed, and the last code that it was used for."""

    staff = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    last_step = models.BigIntegerField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"app of {self.staff_id}"


class Passkey(models.Model):
    """A key that a browser or a device holds: its public half."""

    staff = models.ForeignKey(STAFF, **OF_STAFF)
    name = models.CharField(max_length=60)
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.BigIntegerField()
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"passkey {self.pk} of {self.staff_id}"


class RecoveryCode(models.Model):
    """A code for the day when the phone is gone: hashed, good for one time."""

    staff = models.ForeignKey(STAFF, **OF_STAFF)
    digest = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk} of {self.staff_id}"


class FactorTries(models.Model):
    """Wrong proofs of one person since the last right one, and until when none is taken."""

    staff = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures} tries of {self.staff_id}"


class WrongPassword(models.Model):
    """A try that failed, kept for as long as it counts: password and account as keyed
    digests, which tell no more than whether two are the same."""

    DIGEST_LENGTH: ClassVar[int] = 32

    password = models.CharField(max_length=DIGEST_LENGTH)
    account = models.CharField(max_length=DIGEST_LENGTH)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["password", "at"], name="wrong_password_lately")
        ]

    def __str__(self) -> str:
        return f"wrong password {self.pk}"


class StaffSessionQuerySet(models.QuerySet["StaffSession"]):
    def of(self, staff: models.Model, *, at: datetime) -> Self:
        """Those of one person that have not run out; unknown places first."""
        alive = self.filter(staff=staff, expire_date__gt=at)
        return alive.order_by("is_known_place", "-seen_at", "session_key")


class StaffSession(AbstractBaseSession):
    """A session of the site, with whose it is and where it came from.

    The columns say what the session holds: the engine (`entry.session_rows`) fills them with each saving, so
    that a new key of the same session loses nothing. `label` stands for the key, which
    no page shows.
    """

    staff = models.ForeignKey(STAFF, null=True, **OF_STAFF)
    label = models.CharField(max_length=LABEL_LENGTH)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    is_known_place = models.BooleanField(default=True)

    objects: ClassVar[Any] = StaffSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["staff"], name="staffsession_of_staff")]

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        engine: type[SessionStore] = import_module(settings.SESSION_ENGINE).SessionStore
        return engine

    def fill(self, said: Mapping[str, Any]) -> None:
        """Say in columns what the session says."""
        came = said.get(CAME_FROM) or {}
        self.label = label_of(self.session_key)
        self.staff_id = said.get(STAFF_ID)
        self.began_at = _moment(said.get(SIGNED_IN_AT))
        self.seen_at = _moment(said.get(SEEN_AT))
        self.browser = came.get("browser", "")
        self.place = came.get("place", "")
        self.is_known_place = came.get("is_known", True)


def label_of(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:LABEL_LENGTH]


def _moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, tz=UTC)


@known_choices(kind="accountmail_kind_known")
class AccountMail(ClinicRow):
    """An e-mail to somebody on the staff about their own account; workers send it."""

    with_history = False

    class Kind(models.TextChoices):
        INVITATION = "invitation", "Link to set a password"
        PASSWORD = "password", "Password changed"
        FACTOR_ADDED = "factor_added", "Second step added"
        FACTOR_REMOVED = "factor_removed", "Second step removed"
        FACTORS_RESET = "factors_reset", "Second steps taken away"
        CODES_MADE = "codes_made", "New recovery codes"
        CODE_USED = "code_used", "Recovery code used"
        ROLES = "roles", "Roles changed"
        ROLE_ASKED = "role_asked", "Role to confirm"
        NEW_PLACE = "new_place", "Signed in from a new place"
        TEST = "test", "A mail to try it"

    staff = models.ForeignKey(STAFF, **KEPT)
    kind = models.CharField(max_length=14, choices=Kind)
    at = models.DateTimeField()
    place = models.CharField(max_length=130, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="accountmail_unsent",
            )
        ]


class RoleRequestQuerySet(ClinicQuerySet["RoleRequest"]):
    def waiting(self, *, at: datetime) -> Self:
        """Those that nobody has answered, with whether whose role it is works here."""
        members = apps.get_model("accounts", "Membership").objects
        here = members.filter(staff=OuterRef("staff"), clinic=OuterRef("clinic"))
        asked = self.filter(state="waiting", expires_at__gt=at)
        return asked.annotate(is_here=Exists(here))


@known_choices(role="rolerequest_role_known", state="rolerequest_state_known")
class RoleRequest(ClinicRow):
    """A role that one person wants somebody to have, until a second one has said yes."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a second person"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Nobody answered"

    frozen_when = "row.state <> 'waiting'"
    # Of those that wait: see `waiting`.
    is_here: bool
    # Who can say yes, by name, where it was asked for.
    confirmers: str

    staff = models.ForeignKey(STAFF, **KEPT)
    role = models.CharField(max_length=20, choices=Role)
    asked_by = models.ForeignKey(STAFF, **KEPT)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    closed_by = models.ForeignKey(STAFF, null=True, **KEPT)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = RoleRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "staff", "role"],
                condition=Q(state="waiting"),
                name="rolerequest_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", closed_at=None)
                | (~Q(state="waiting") & Q(closed_at__isnull=False)),
                name="rolerequest_closed_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(closed_by=models.F("asked_by")),
                name="rolerequest_by_a_second",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(closed_by=models.F("staff")),
                name="rolerequest_never_own",
            ),
        ]

    @property
    def role_words(self) -> str:
        return str(Role(self.role).label)

    @property
    def whom(self) -> str:
        """Whose role it is. What another clinic calls somebody is told when they work
        here: until then it is their address, as it was typed to invite them."""
        return str(self.staff.name if self.is_here else self.staff.email)
