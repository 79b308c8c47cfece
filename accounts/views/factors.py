"""Second steps of one's own: an app, passkeys, recovery codes."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access import StaffRequest, before_second_step, posted, requires
from accounts.doors import act, outcome_of, status_of
from accounts.entry import codes, passkeys, sealing
from accounts.entry.actions import factors, sessions
from accounts.entry.forms import CodeAppForm, PasskeyForm
from accounts.entry.step_up import step_up
from accounts.entry_rows import Passkey, label_of
from accounts.permissions import Permission
from accounts.second_step import (
    WITH_FACTOR,
    asked_from,
    codes_left,
    has_factor,
    is_asked_of,
)

# Of a session, sealed: the secret of an app that is being set up, codes to be shown once.
NEW_APP, NEW_CODES = "new_app", "new_codes"
CHANGE = "change how you sign in"


@requires(Permission.SELF, "GET")
@before_second_step
def second_step_needed(request: StaffRequest) -> HttpResponse:
    """Where everything leads to until a second step is set up."""
    since = asked_from(request.acting.clinic, request.acting.roles)
    context = {"since": since, "has_factor": has_factor(request.user)}
    return render(request, "accounts/second_step_needed.html", context)


@sensitive_post_parameters()
@requires(Permission.SELF)
@before_second_step
@step_up(CHANGE, to_look=True)
def code_app(request: StaffRequest) -> HttpResponse:
    """A picture to scan; the app is in use once it has shown a code."""
    is_first = not has_factor(request.user)
    sealed = request.session.setdefault(NEW_APP, sealing.seal(codes.new_secret()))
    form = CodeAppForm(posted(request))
    added = outcome_of(
        request,
        lambda: factors.add_code_app(
            staff=request.user,
            clinic=request.acting.clinic,
            sealed=sealed,
            code=form.cleaned_data["code"],
            at=request.at,
        ),
        form=form,
        done="The app is set up.",
    )
    if added:
        del request.session[NEW_APP]
        return _after_adding(request, is_first=is_first)
    secret = sealing.opened(sealed)
    context = {
        "form": form,
        "picture": mark_safe(codes.picture(secret, request.user.email)),  # noqa: S308 - drawn by segno
        "secret": codes.in_groups(secret),
    }
    return render(request, "accounts/code_app.html", context, status=status_of(form))


def _after_adding(request: StaffRequest, *, is_first: bool) -> HttpResponse:
    """With a first factor come recovery codes, and sessions that began by the password
    alone are over: whoever else knows it may be in one."""
    request.session[WITH_FACTOR] = True
    if is_first:
        sessions.end_other_sessions(
            staff=request.user,
            clinic=request.acting.clinic,
            this_one=label_of(request.session.session_key or ""),
            at=request.at,
        )
    if not codes_left(request.user):
        _make_codes(request)
        return redirect("accounts:recovery_codes")
    return redirect("accounts:account")


@sensitive_post_parameters()
@requires(Permission.SELF)
@before_second_step
@step_up(CHANGE, to_look=True)
def new_passkey(request: StaffRequest) -> HttpResponse:
    form = PasskeyForm(posted(request))
    is_first = not has_factor(request.user)
    answer = passkeys.answer_in(request, "made")
    made = None if answer is None else passkeys.made_key(answer)
    added = outcome_of(
        request,
        lambda: factors.add_passkey(
            staff=request.user,
            clinic=request.acting.clinic,
            made=made,
            name=form.cleaned_data["name"],
            at=request.at,
        ),
        form=form,
        done="The passkey is set up.",
    )
    if added:
        return _after_adding(request, is_first=is_first)
    staff = request.user
    held = Passkey.objects.filter(staff=staff)
    handle = str(staff.pk).encode()
    context = {
        "form": form,
        "options": passkeys.to_make(request, handle, staff.email, staff.name, held),
    }
    return render(request, "accounts/new_passkey.html", context, status=status_of(form))


@requires(Permission.SELF, "POST")
@before_second_step
@step_up(CHANGE)
def remove_code_app(request: StaffRequest) -> HttpResponse:
    return _removed(
        request,
        lambda: factors.remove_code_app(
            staff=request.user,
            clinic=request.acting.clinic,
            is_needed=_is_needed(request),
            at=request.at,
        ),
    )


@requires(Permission.SELF, "POST")
@before_second_step
@step_up(CHANGE)
def remove_passkey(request: StaffRequest, passkey: int) -> HttpResponse:
    held = get_object_or_404(Passkey.objects.filter(staff=request.user), pk=passkey)
    return _removed(
        request,
        lambda: factors.remove_passkey(
            staff=request.user,
            clinic=request.acting.clinic,
            key=held,
            is_needed=_is_needed(request),
            at=request.at,
        ),
    )


def _is_needed(request: StaffRequest) -> bool:
    return is_asked_of(request.acting.clinic, request.acting.roles)


def _removed(request: StaffRequest, do: Callable[[], None]) -> HttpResponse:
    if act(request, do, done="Removed.") and not has_factor(request.user):
        request.session.pop(WITH_FACTOR, None)
    return redirect("accounts:account")


@requires(Permission.SELF)
@before_second_step
@step_up(CHANGE, to_look=True)
def recovery_codes(request: StaffRequest) -> HttpResponse:
    """Shown once, right after they were made; then only how many are left."""
    if request.method == "POST":
        act(request, lambda: _make_codes(request))
        return redirect("accounts:recovery_codes")
    sealed = request.session.pop(NEW_CODES, None)
    context = {
        "codes": sealing.opened(sealed).split() if sealed else [],
        "left": codes_left(request.user),
        "has_factor": has_factor(request.user),
    }
    return render(request, "accounts/recovery_codes.html", context)


def _make_codes(request: StaffRequest) -> None:
    made = factors.make_recovery_codes(
        staff=request.user, clinic=request.acting.clinic, at=request.at
    )
    request.session[NEW_CODES] = sealing.seal(" ".join(made))
