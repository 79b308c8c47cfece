"""Throttle of sign-ins: for an account, wherever the tries come from, and never for
somebody else's mistakes; for a password that is tried at one account after the other.

From where this person came in lately only the tries from there count, so that nobody
shuts them out from elsewhere; a whole clinic behind one address stays in.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.entry_rows import WrongPassword
from accounts.middleware import client_address
from accounts.models import AuditEvent, Staff

LATELY = timedelta(days=30)
# A password that failed at as many accounts within the time that an account is closed
# for is taken at none: no mistake does that, and a guess goes no further.
ACCOUNTS_OF_ONE_PASSWORD = 5
FROM_THERE = [["username", "ip_address"]]
FROM_ANYWHERE = ["username"]


def account_of(
    request: HttpRequest, credentials: Mapping[str, object] | None = None
) -> str:
    """The account that somebody wants to come into: the one that the database takes the
    typed address for, so that no other spelling of it has tries of its own."""
    typed = (credentials or {}).get("username") or request.POST.get("email", "")
    address = str(typed).strip().replace("\x00", "")
    meant = Staff.objects.filter(email__iexact=address).values_list("email", flat=True)
    return str(meant.first() or address).lower()


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


def wrong_password(
    request: HttpRequest, *, email: str, password: str, at: datetime
) -> WrongPassword:
    """The row that is kept of a try if it fails."""
    return WrongPassword(
        password=_digest("password", password),
        account=_digest("account", account_of(request, {"username": email})),
        address=client_address(request),
        at=at,
    )


def is_tried_everywhere(tried: WrongPassword, *, email: str) -> bool:
    """Whether this password failed at many accounts lately. Right or wrong, it gets the
    same answer then, before anybody looks whose it is."""
    lately = WrongPassword.objects.filter(
        password=tried.password, at__gt=tried.at - settings.AXES_COOLOFF_TIME
    )
    if _came_in_from(email, tried.address):
        lately = lately.filter(address=tried.address)
    accounts = lately.values("account").distinct()
    return accounts.count() >= ACCOUNTS_OF_ONE_PASSWORD


def _digest(of: str, text: str) -> str:
    """Says that two are the same, and to nobody without our key what they are."""
    made = salted_hmac(f"accounts.throttle.{of}", text, algorithm="sha256")
    return made.hexdigest()[: WrongPassword.DIGEST_LENGTH]
