"""Whoever holds a check-in link: a short-lived signed cookie in the place of an account.

The cookie goes to the pages of check-ins alone, for an hour since the last one. It
names a row and whether its holder was let in; the row decides everything else. Nobody
guesses a link of 160 random bits, so that those who hold one never wait for others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts import tenancy
from aftercare.models import CheckIn

COOKIE, SALT, PATH = "form", "aftercare.check_ins.session", "/c/"
LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Which check-in, and how far its holder has come."""

    clinic: int
    check_in: int
    # Past the question for the date of birth, or nobody knows one to ask for.
    is_in: bool = False

    def entered(self) -> "Visitor":
        return replace(self, is_in=True)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who this browser is, if its cookie is ours and not too old."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
        return Visitor(**told)
    except (signing.BadSignature, TypeError):
        return None


def remember(response: HttpResponse, visitor: Visitor) -> HttpResponse:
    """Keep the visitor for another hour; nothing of the page stays in any cache."""
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(visitor), salt=SALT),
        max_age=LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@contextmanager
def row_of(visitor: Visitor | None, *, at: datetime) -> Iterator[CheckIn | None]:
    """The visitor's check-in while the database lets its clinic alone be seen."""
    if visitor is None:
        yield None
        return
    with tenancy.clinics([visitor.clinic], actor=f"check-in:{visitor.check_in}"):
        rows = CheckIn.objects.select_related("patient__clinic")
        found = rows.filter(pk=visitor.check_in).first()
        yield found if found and _is_open(found, visitor, at) else None


def _is_open(found: CheckIn, visitor: Visitor, at: datetime) -> bool:
    """Still usable; or answered, and asked for by who was in it before."""
    return found.is_usable(at=at) or (found.answered_at is not None and visitor.is_in)
