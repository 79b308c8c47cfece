"""The way in: who is acting, at which clinic, and what a view requires."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Permission, Role, permissions_of
from accounts.second_step import must_set_up

LOOKED_FOR = "q"
FIRST = "before_second_step"

type View[Request, **P] = Callable[Concatenate[Request, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Acting:
    """A person on the staff at work at one clinic."""

    staff: Staff
    clinic: Clinic
    roles: frozenset[str]
    other_clinics: tuple[Clinic, ...] = ()

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)

    @property
    def role_words(self) -> str:
        return ", ".join(Role(role).label for role in Role.values if role in self.roles)


def may_at(staff: Staff, clinic_id: int, permission: Permission) -> bool:
    """Whether this person's roles at a clinic allow it; asked where an act's content
    decides, and not its address."""
    held = Membership.objects.filter(staff=staff, clinic=clinic_id)
    return permission in permissions_of(frozenset(held.values_list("role", flat=True)))


class StaffRequest(HttpRequest):
    """A request whose sender is known and allowed.

    `at` is when it came, on the clinic's clock; `today` is the clinic's day then.
    """

    user: Staff
    acting: Acting
    at: datetime
    today: date


# What a browser asks with; a view that takes less says so.
USUAL = ("GET", "HEAD", "POST")


def requires[**P](
    permission: Permission, *methods: str
) -> Callable[[View[StaffRequest, P]], View[HttpRequest, P]]:
    """Refuse the view to staff without `permission`, which a test sweeps for; where
    methods are named, to every other method first."""

    def decorate(view: View[StaffRequest, P]) -> View[HttpRequest, P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            acting: Acting | None = getattr(request, "acting", None)
            if acting is None or not acting.may(permission):
                raise PermissionDenied
            if not hasattr(view, FIRST) and _must_set_up(request, acting):
                return redirect("accounts:second_step_needed")
            return view(cast(StaffRequest, request), *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return require_http_methods(methods or USUAL)(guarded)

    return decorate


def before_second_step[View](view: View) -> View:
    """Open a view to somebody who still has to set up a second step: what they need for
    that, and the way out. Stands below `requires`."""
    setattr(view, FIRST, True)
    return view


def _must_set_up(request: HttpRequest, acting: Acting) -> bool:
    today: date = request.today  # type: ignore[attr-defined]
    return must_set_up(request, acting.staff, acting.clinic, acting.roles, today)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where nobody is known, nothing sent can be kept for anybody. On an empty site
    nobody can sign in: it begins at its first page."""
    if not Clinic.objects.exists():
        return redirect("accounts:first_run")
    if request.method == "POST":
        messages.warning(
            request,
            "You are signed out. What you just sent was not saved, and could not be kept.",
        )
        return redirect(settings.LOGIN_URL)
    return redirect_to_login(way_back(request))


def way_back(request: HttpRequest) -> str:
    """Where to go on after signing in. What was looked for is left out: it may be the
    name of a person, and this stands in the address of the next page."""
    query = request.GET.copy()
    query.pop(LOOKED_FOR, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


_address: ContextVar[str] = ContextVar("address", default="")


def address() -> str:
    """Where the act that is under way comes from; empty for workers and commands."""
    return _address.get()


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the body of a POST, an empty one too, else nothing."""
    return request.POST if request.method == "POST" else None
