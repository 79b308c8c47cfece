"""Throttle of sign-ins: for an account, wherever the tries come from, and never for
somebody else's mistakes.

From where this person came in lately only the tries from there count, so that nobody
shuts them out from elsewhere; a whole clinic behind one address stays in.
"""

from collections.abc import Mapping
from datetime import timedelta

from axes.models import AccessAttempt
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.middleware import client_address
from accounts.models import AuditEvent, Staff

LATELY = timedelta(days=30)
FROM_THERE = [["username", "ip_address"]]
FROM_ANYWHERE = ["username"]


def account_of(
    request: HttpRequest, credentials: Mapping[str, object] | None = None
) -> str:
    """The account that somebody wants to come into, as its e-mail is compared."""
    typed = (credentials or {}).get("username") or request.POST.get("email", "")
    return str(typed).strip().lower()


def counted_by(
    tried: HttpRequest | AccessAttempt, credentials: Mapping[str, object] | None = None
) -> list[str] | list[list[str]]:
    """What the failures of a try are counted by."""
    if isinstance(tried, AccessAttempt):
        account, address = tried.username or "", tried.ip_address or ""
    else:
        account, address = account_of(tried, credentials), client_address(tried)
    return FROM_THERE if _came_in_from(account, address) else FROM_ANYWHERE


def _came_in_from(account: str, address: str) -> bool:
    staff = Staff.objects.filter(email__iexact=account).values("pk")
    came = AuditEvent.objects.filter(staff_id__in=staff, verb="staff.signed_in")
    return came.filter(address=address, at__gte=Now() - LATELY).exists()
