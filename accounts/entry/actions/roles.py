"""Roles given by two people: one asks, a second one says yes.

Where nobody else could say yes, the one who asks is enough, and the audit says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.entry import mail
from accounts.entry_rows import RoleRequest
from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Role
from accounts.refusals import Gone, Refused
from knowledge.wording.amounts import either_of

WAITS = timedelta(days=14)
CONFIRMING = (Role.ADMIN, Role.MEDICAL_DIRECTOR)
State = RoleRequest.State


class NotForYouToConfirm(Refused):
    """Who asked for a role, and who is to have it, are no second person."""


@dataclass(frozen=True, slots=True)
class RolesGiven:
    """What became of roles that somebody should have."""

    given: tuple[str, ...]
    waiting: tuple[str, ...]
    is_exception: bool = False


def who_may_confirm(clinic: Clinic, *, besides: Iterable[Staff | None]) -> list[Staff]:
    """Admins and medical directors of a clinic who can sign in, without these."""
    found = Staff.objects.active().filter(
        memberships__clinic=clinic, memberships__role__in=CONFIRMING
    )
    known = [person.pk for person in besides if person is not None]
    able = found.exclude(pk__in=known).exclude(password="").distinct().order_by("pk")
    return [person for person in able if person.has_usable_password()]


def waiting_roles(
    clinic: Clinic, *, at: datetime, staff: Staff | None = None
) -> list[RoleRequest]:
    """Roles that wait for a second person, of one colleague or of all, the oldest
    first, each with who can say yes."""
    rows = RoleRequest.objects.filter(clinic=clinic).waiting(at=at)
    if staff is not None:
        rows = rows.filter(staff=staff)
    found = list(rows.select_related("staff", "asked_by").order_by("asked_at", "pk"))
    able = who_may_confirm(clinic, besides=[]) if found else []
    for one in found:
        apart = (one.staff_id, one.asked_by_id)
        names = [person.name for person in able if person.pk not in apart]
        one.confirmers = either_of(names) if names else ""
    return found


@transaction.atomic
def give_or_ask(
    *,
    staff: Staff,
    clinic: Clinic,
    roles: Iterable[str],
    by: Staff | None,
    at: datetime,
) -> RolesGiven:
    """Give these further roles, or have a second person asked for them.

    `by` is None for a command on the server, whose word is enough.
    """
    wanted = sorted(set(roles))
    if not wanted:
        return RolesGiven((), ())
    second = who_may_confirm(clinic, besides=[staff, by])
    if by is None or not second:
        _give(staff, clinic, wanted)
        if by is not None:
            audit.record(
                "staff.roles_given_alone",
                staff,
                by=by,
                at=at,
                clinic=clinic,
                roles=wanted,
            )
        return RolesGiven(tuple(wanted), (), is_exception=by is not None)
    fresh = [role for role in wanted if _ask(staff, clinic, role, by, at)]
    if fresh:
        mail.ask(kind=mail.Kind.ROLE_ASKED, to=second, clinic=clinic, at=at)
    return RolesGiven((), tuple(wanted))


def _give(staff: Staff, clinic: Clinic, roles: Iterable[str]) -> None:
    Membership.objects.bulk_create(
        (Membership(staff=staff, clinic=clinic, role=role) for role in roles),
        ignore_conflicts=True,
    )


def _ask(staff: Staff, clinic: Clinic, role: str, by: Staff, at: datetime) -> bool:
    """Whether it was asked for: what nobody answered in time makes way, what waits
    already waits on."""
    before = RoleRequest.objects.filter(clinic=clinic, staff=staff, role=role)
    before = before.filter(state=State.WAITING)
    before.filter(expires_at__lte=at).update(state=State.EXPIRED, closed_at=at)
    if before.exists():
        return False
    request = RoleRequest.objects.create(
        clinic=clinic,
        staff=staff,
        role=role,
        asked_by=by,
        asked_at=at,
        expires_at=at + WAITS,
    )
    audit.record("role.asked", request, by=by, at=at, role=role, staff=staff.pk)
    return True


@transaction.atomic
def confirm_role(*, request: RoleRequest, by: Staff, at: datetime) -> RoleRequest:
    """Give a role that somebody else asked for, for somebody else."""
    request = _held(request, at)
    if by in (request.asked_by, request.staff):
        raise NotForYouToConfirm("Somebody else has to confirm this one.")
    _give(request.staff, request.clinic, [request.role])
    _close(request, State.CONFIRMED, by, at)
    if not request.staff.is_active:
        Staff.objects.filter(pk=request.staff_id).update(is_active=True)
    kind = (
        mail.Kind.ROLES if request.staff.has_usable_password() else mail.Kind.INVITATION
    )
    mail.ask(kind=kind, to=[request.staff], clinic=request.clinic, at=at)
    return request


@transaction.atomic
def decline_role(*, request: RoleRequest, by: Staff, at: datetime) -> RoleRequest:
    """Say no, or take back what one asked for."""
    request = _held(request, at)
    is_own = by == request.asked_by
    return _close(request, State.WITHDRAWN if is_own else State.DECLINED, by, at)


def withdraw_all(*, staff: Staff, clinic: Clinic, by: Staff, at: datetime) -> None:
    """Nothing waits for somebody whose access has ended."""
    held = RoleRequest.objects.filter(clinic=clinic, staff=staff, state=State.WAITING)
    for request in held.select_related("staff", "asked_by", "clinic"):
        _close(request, State.WITHDRAWN, by, at)


def _held(request: RoleRequest, at: datetime) -> RoleRequest:
    rows = RoleRequest.objects.select_for_update(of=("self",))
    held = rows.select_related("staff", "asked_by", "clinic").get(pk=request.pk)
    if held.state != State.WAITING or held.expires_at <= at:
        raise Gone("This was answered already, or nobody answered for two weeks.")
    return held


def _close(request: RoleRequest, state: State, by: Staff, at: datetime) -> RoleRequest:
    request.state, request.closed_by, request.closed_at = state, by, at
    request.save(update_fields=["state", "closed_by", "closed_at"])
    audit.record(
        f"role.{state.value}",
        request,
        by=by,
        at=at,
        role=request.role,
        staff=request.staff_id,
    )
    return request
