"""A session that holds a tablet out of the staff's hands: locked, tried, let go."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments.forms.handover import PinForm
from assessments.middleware import HANDOVER


def lock(request: HttpRequest, to: str, pin: str, **kept: object) -> HttpResponse:
    """From here on this session reaches one place alone, which `kept` names.

    A new session key, so that a request of another tab that is under way cannot put
    the old session back; and the browser is told to forget pages it has kept.
    """
    request.session.cycle_key()
    request.session[HANDOVER] = {**kept, "pin": make_password(pin)}
    response = redirect(to)
    response["Clear-Site-Data"] = '"cache"'
    return response


def is_pin(request: HttpRequest, form: PinForm) -> bool:
    """Whether what was typed opens this session again."""
    pin = form.cleaned_data["pin"] if form.is_valid() else ""
    return check_password(pin, request.session[HANDOVER]["pin"])


def let_go(request: HttpRequest, to: str, *args: int) -> HttpResponse:
    """The staff have it back."""
    del request.session[HANDOVER]
    request.session.cycle_key()
    return redirect(to, *args)


def signed_out(request: HttpRequest, kept: str) -> HttpResponse:
    """Too many tries; what was kept is said."""
    logout(request)
    messages.error(request, f"Signed out after several wrong PINs. {kept}")
    return redirect("accounts:sign_in")
