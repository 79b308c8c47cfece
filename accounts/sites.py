"""Sites: the clinics where one person on the staff works, each under the rights held there.

A sister clinic is one of them, seen from another: nobody reaches a clinic where they
hold no role, and nothing there that their roles there do not allow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import tenancy
from accounts.access import Acting
from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Permission
from accounts.second_step import asked_from, has_factor


def sites_of(acting: Acting, *needed: Permission, on: date) -> list[Acting]:
    """Where this person may do all that is needed on a day, the clinic at hand first."""
    held: dict[int, set[str]] = {}
    rows = Membership.objects.filter(staff=acting.staff)
    for pk, role in rows.values_list("clinic", "role"):
        held.setdefault(pk, set()).add(role)
    places = (
        Acting(acting.staff, clinic, frozenset(held.get(clinic.pk, ())))
        for clinic in (acting.clinic, *acting.other_clinics)
    )
    return [
        there
        for there in places
        if all(map(there.may, needed))
        and (there.clinic == acting.clinic or _lets_in(there, on))
    ]


def _lets_in(there: Acting, on: date) -> bool:
    """Whether that clinic wants no second step of them that they never set up: it would
    let them do nothing if they acted there."""
    first_day = asked_from(there.clinic, there.roles)
    return first_day is None or on < first_day or has_factor(there.staff)


def sisters_of(acting: Acting, *needed: Permission, on: date) -> list[Acting]:
    """The same without the clinic at hand; none where they may not do it here either."""
    sites = sites_of(acting, *needed, on=on)
    is_here = bool(sites) and sites[0].clinic == acting.clinic
    return sites[1:] if is_here else []


def sister_of(acting: Acting, pk: int, *needed: Permission, on: date) -> Acting | None:
    """One sister clinic; None where they may not do it there, or there is none."""
    sisters = sisters_of(acting, *needed, on=on)
    return next((there for there in sisters if there.clinic.pk == pk), None)


@contextmanager
def at_site(clinic: Clinic, *, by: Staff) -> Iterator[None]:
    """See the rows of that clinic alone, on its clock; what was seen before comes back."""
    with (
        tenancy.clinics([clinic.pk], actor=f"{tenancy.STAFF}{by.pk}"),
        timezone.override(ZoneInfo(clinic.time_zone)),
    ):
        yield
