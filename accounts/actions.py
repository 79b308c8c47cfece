"""Everything that changes who may come in and what they may do."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Role
from accounts.refusals import Refused


class StaffAlreadyHere(Refused):
    """Somebody with this e-mail address already has a role at this clinic."""

    field = "email"


class LastAdmin(Refused):
    """A clinic must keep one active admin."""

    field = "roles"


class OwnAccess(Refused):
    """Nobody ends their own access, takes away their own admin role or gives themselves
    a further one."""

    field = "roles"


@transaction.atomic
def open_clinic(
    *,
    name: str,
    mrn_prefix: str,
    time_zone: str,
    is_otp: bool,
    is_rems_certified: bool,
    at: datetime,
) -> Clinic:
    """Add a clinic; nobody works there yet. Record numbers begin with the prefix."""
    clinic = Clinic.objects.create(
        name=name,
        mrn_prefix=mrn_prefix,
        time_zone=time_zone,
        is_otp=is_otp,
        is_rems_certified=is_rems_certified,
    )
    audit.record("clinic.opened", clinic, by=None, at=at, clinic=clinic)
    return clinic


@transaction.atomic
def invite_staff(
    *,
    clinic: Clinic,
    email: str,
    name: str,
    credentials: str,
    roles: Iterable[str],
    by: Staff | None,
    at: datetime,
) -> Staff:
    """Give a person roles at this clinic; a new person still has to set a password.

    Somebody known from another clinic, or from before, keeps name, credentials and
    password, and can sign in again.
    """
    staff = Staff.objects.filter(email__iexact=email).first()
    if staff is None:
        staff = Staff(email=email, name=name, credentials=credentials, joined_at=at)
        staff.set_unusable_password()
        staff.save()
    elif staff.memberships.filter(clinic=clinic).exists():
        raise StaffAlreadyHere(f"{staff.name} already works at this clinic.")
    elif not staff.is_active:
        staff.is_active = True
        staff.save(update_fields=["is_active"])
    Membership.objects.bulk_create(
        Membership(staff=staff, clinic=clinic, role=role) for role in sorted(set(roles))
    )
    audit.record(
        "staff.invited", staff, by=by, at=at, clinic=clinic, roles=sorted(set(roles))
    )
    return staff


def hold_roles(*, clinic: Clinic) -> None:
    """One change of a clinic's roles at a time, or two could remove two last admins."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)


@transaction.atomic
def change_roles(
    *, staff: Staff, clinic: Clinic, roles: Iterable[str], by: Staff, at: datetime
) -> None:
    """Make these the person's roles at this clinic; none ends their access here."""
    wanted = set(roles)
    hold_roles(clinic=clinic)
    _keep_an_admin(staff, clinic, wanted, by)
    held = staff.memberships.filter(clinic=clinic)
    before = sorted(held.values_list("role", flat=True))
    if staff == by and wanted - set(before):
        raise OwnAccess("Another admin has to give you a further role.")
    held.exclude(role__in=wanted).delete()
    Membership.objects.bulk_create(
        [
            Membership(staff=staff, clinic=clinic, role=role)
            for role in sorted(wanted - set(before))
        ]
    )
    audit.record(
        "staff.roles_changed",
        staff,
        by=by,
        at=at,
        clinic=clinic,
        before=before,
        after=sorted(wanted),
    )


def _keep_an_admin(staff: Staff, clinic: Clinic, wanted: set[str], by: Staff) -> None:
    if Role.ADMIN in wanted:
        return
    if staff == by:
        raise OwnAccess("Another admin has to take away your own admin role.")
    others = Membership.objects.filter(
        clinic=clinic, role=Role.ADMIN, staff__is_active=True
    ).exclude(staff=staff)
    if not others.exists():
        raise LastAdmin(
            "A clinic needs one active admin. Give the role to someone first."
        )


@transaction.atomic
def end_access(
    *, staff: Staff, clinic: Clinic, why: str, by: Staff, at: datetime
) -> None:
    """Take every role at this clinic away, at once in every session.

    Who has no clinic left can no longer sign in; what they signed stays theirs. What
    they do at another clinic goes on: an admin's reach ends at the clinic's border.
    """
    if staff == by:
        raise OwnAccess("Another admin has to end your access.")
    change_roles(staff=staff, clinic=clinic, roles=(), by=by, at=at)
    staff.is_active = staff.memberships.exists()
    staff.save(update_fields=["is_active"])
    if not staff.is_active:
        _end_sessions(staff)
    audit.record("staff.access_ended", staff, by=by, at=at, clinic=clinic, why=why)


@transaction.atomic
def sign_out_everywhere(*, staff: Staff, clinic: Clinic, at: datetime) -> None:
    """End all of a person's sessions, this one too."""
    _end_sessions(staff)
    audit.record("staff.signed_out_everywhere", staff, by=staff, at=at, clinic=clinic)


def _end_sessions(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(
        session_generation=F("session_generation") + 1
    )


@transaction.atomic
def forget_ended_sessions(*, at: datetime) -> int:
    """Remove session rows that have expired; returns how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


@transaction.atomic
def set_password(*, staff: Staff, password: str, at: datetime) -> None:
    """Replace a person's password; every older session ends with it."""
    staff.set_password(password)
    staff.save(update_fields=["password"])
    audit.record("staff.password_set", staff, by=staff, at=at)


@transaction.atomic
def note_sign_in(*, staff: Staff, at: datetime) -> None:
    staff.last_login = at
    staff.save(update_fields=["last_login"])
    audit.record("staff.signed_in", staff, by=staff, at=at)


@transaction.atomic
def note_failed_sign_in(*, email: str, at: datetime) -> None:
    """A try at an account that there is; what was typed otherwise is nobody's."""
    staff = Staff.objects.filter(email__iexact=email.strip()).first()
    if staff is not None:
        audit.record("staff.sign_in_failed", staff, by=None, at=at)


@transaction.atomic
def note_sign_out(*, staff: Staff, at: datetime) -> None:
    audit.record("staff.signed_out", staff, by=staff, at=at)
