"""Everything that changes who may come in and what they may do."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.entry import mail
from accounts.entry.actions.roles import RolesGiven, give_or_ask, withdraw_all
from accounts.entry_rows import RoleRequest, StaffSession, WrongPassword
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
    """Add a clinic; nobody works there yet, and nobody is registered until an admin
    opens it for people. Record numbers begin with the prefix."""
    clinic = Clinic.objects.create(
        name=name,
        mrn_prefix=mrn_prefix,
        time_zone=time_zone,
        is_otp=is_otp,
        is_rems_certified=is_rems_certified,
        takes_people=False,
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
    """Have a person work at this clinic; a new person still has to set a password.

    Their roles wait for a second person where there is one. Somebody known from another
    clinic, or from before, keeps name, credentials and password.
    """
    wanted = sorted(set(roles))
    staff = Staff.objects.filter(email__iexact=email).first()
    if staff is None:
        staff = Staff(email=email, name=name, credentials=credentials, joined_at=at)
        staff.set_unusable_password()
        staff.save()
    _not_here_yet(staff, clinic, email, at)
    audit.record("staff.invited", staff, by=by, at=at, clinic=clinic, roles=wanted)
    became = give_or_ask(staff=staff, clinic=clinic, roles=wanted, by=by, at=at)
    if became.given and not staff.is_active:
        staff.is_active = True
        staff.save(update_fields=["is_active"])
    # A command gives the link to whoever runs it.
    if became.given and by is not None and not staff.has_usable_password():
        mail.ask(kind=mail.Kind.INVITATION, to=[staff], clinic=clinic, at=at)
    return staff


def _not_here_yet(staff: Staff, clinic: Clinic, email: str, at: datetime) -> None:
    """Of somebody who does not work here yet no name is told but the address as typed."""
    if staff.memberships.filter(clinic=clinic).exists():
        raise StaffAlreadyHere(f"{staff.name} already works at this clinic.")
    asked = RoleRequest.objects.filter(clinic=clinic, staff=staff).waiting(at=at)
    if asked.exists():
        raise StaffAlreadyHere(f"{email} waits for a second person already.")


@transaction.atomic
def invite_again(*, staff: Staff, clinic: Clinic, by: Staff, at: datetime) -> None:
    """Send a new link to set a password."""
    mail.ask(kind=mail.Kind.INVITATION, to=[staff], clinic=clinic, at=at)
    audit.record("staff.invited_again", staff, by=by, at=at, clinic=clinic)


def hold_roles(*, clinic: Clinic) -> None:
    """One change of a clinic's roles at a time, or two could remove two last admins."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)


@transaction.atomic
def change_roles(
    *, staff: Staff, clinic: Clinic, roles: Iterable[str], by: Staff, at: datetime
) -> RolesGiven:
    """Make these the person's roles at this clinic; none ends their access here.

    Roles are taken away at once; further ones wait for a second person.
    """
    wanted = set(roles)
    hold_roles(clinic=clinic)
    _keep_an_admin(staff, clinic, wanted, by)
    held = staff.memberships.filter(clinic=clinic)
    before = sorted(held.values_list("role", flat=True))
    if staff == by and wanted - set(before):
        raise OwnAccess("Another admin has to give you a further role.")
    held.exclude(role__in=wanted).delete()
    became = give_or_ask(
        staff=staff, clinic=clinic, roles=wanted - set(before), by=by, at=at
    )
    after = sorted(held.values_list("role", flat=True))
    if after != before:
        mail.ask(kind=mail.Kind.ROLES, to=[staff], clinic=clinic, at=at)
    audit.record(
        "staff.roles_changed",
        staff,
        by=by,
        at=at,
        clinic=clinic,
        before=before,
        after=after,
    )
    return became


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
    withdraw_all(staff=staff, clinic=clinic, by=by, at=at)
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
    return StaffSession.objects.filter(expire_date__lt=at).delete()[0]


@transaction.atomic
def set_password(*, staff: Staff, password: str, at: datetime) -> None:
    """Replace a person's password; every older session ends with it."""
    is_change = staff.has_usable_password()
    staff.set_password(password)
    staff.save(update_fields=["password"])
    if is_change:
        mail.ask_for_own(kind=mail.Kind.PASSWORD, staff=staff, at=at)
    audit.record("staff.password_set", staff, by=staff, at=at)


@transaction.atomic
def note_sign_in(*, staff: Staff, at: datetime, new_place: str = "") -> None:
    """`new_place`: where this person was not seen lately; they are told."""
    staff.last_login = at
    staff.save(update_fields=["last_login"])
    audit.record("staff.signed_in", staff, by=staff, at=at)
    if new_place:
        kind = mail.Kind.NEW_PLACE
        mail.ask_for_own(kind=kind, staff=staff, at=at, place=new_place)


@transaction.atomic
def note_failed_sign_in(
    *, email: str, at: datetime, wrong: WrongPassword | None = None
) -> None:
    """A try at an account that there is; what was typed otherwise is nobody's.

    `wrong`: the row of a password that was looked at, for as long as it counts.
    """
    if wrong is not None:
        forget_wrong_passwords(at=at)
        wrong.save()
    staff = Staff.objects.filter(email__iexact=email.strip()).first()
    if staff is not None:
        audit.record("staff.sign_in_failed", staff, by=None, at=at)


def forget_wrong_passwords(*, at: datetime) -> None:
    """Those that count no more."""
    WrongPassword.objects.filter(at__lte=at - settings.AXES_COOLOFF_TIME).delete()


@transaction.atomic
def note_sign_out(*, staff: Staff, at: datetime) -> None:
    audit.record("staff.signed_out", staff, by=staff, at=at)
