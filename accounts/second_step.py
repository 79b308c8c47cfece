"""Requirement of a second step: who needs one, and who has one."""

from datetime import date

from django.http import HttpRequest

from accounts.entry_rows import CodeApp, Passkey, RecoveryCode
from accounts.models import Clinic, Staff

# Of a session: whoever began it proved a second step, or set one up in it.
WITH_FACTOR = "with_factor"


def has_factor(staff: Staff) -> bool:
    """Whether this person has an app or a passkey; recovery codes alone are no factor."""
    return (
        CodeApp.objects.filter(staff=staff).exists()
        or Passkey.objects.filter(staff=staff).exists()
    )


def codes_left(staff: Staff) -> int:
    return RecoveryCode.objects.filter(staff=staff, used_at=None).count()


def is_asked_of(clinic: Clinic, roles: frozenset[str]) -> bool:
    """Whether this clinic wants a second step of somebody with these roles, now or soon."""
    return bool(roles & set(clinic.factor_required_roles))


def asked_from(clinic: Clinic, roles: frozenset[str]) -> date | None:
    """The day from which it is needed; None where it is not."""
    return clinic.factor_required_from if is_asked_of(clinic, roles) else None


def asked_anywhere(staff: Staff) -> date | None:
    """The first day from which any clinic of this person's needs it of them."""
    found: list[date] = []
    held = staff.memberships.select_related("clinic").order_by("clinic", "role")
    for membership in held:
        since = asked_from(membership.clinic, frozenset([membership.role]))
        found += [since] if since else []
    return min(found, default=None)


def must_set_up(
    request: HttpRequest, staff: Staff, clinic: Clinic, roles: frozenset[str], on: date
) -> bool:
    """Whether this person has to set a second step up before anything else."""
    first_day = asked_from(clinic, roles)
    if first_day is None or on < first_day or request.session.get(WITH_FACTOR):
        return False
    return not has_factor(staff)
