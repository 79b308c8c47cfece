"""One's own account: where one is signed in, and how one signs in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions
from accounts.access import StaffRequest, before_second_step, posted, requires
from accounts.doors import act, acting_now, path_of_ours
from accounts.entry.actions import sessions
from accounts.entry.step_up import confirm_page, step_up
from accounts.entry_rows import CodeApp, Passkey, StaffSession, label_of
from accounts.forms import ChangePasswordForm
from accounts.models import AuditEvent
from accounts.permissions import Permission
from accounts.second_step import asked_from, codes_left, has_factor

PASSWORD = "staff.password_set"  # noqa: S105 - a verb of the audit
CHANGES = {
    PASSWORD: "Password changed",
    "staff.code_app_added": "App added",
    "staff.code_app_removed": "App removed",
    "staff.passkey_added": "Passkey added",
    "staff.passkey_removed": "Passkey removed",
    "staff.recovery_codes_made": "New recovery codes",
    "staff.factors_reset": "Second steps taken away by an admin",
    "staff.roles_changed": "Roles changed",
}
SHOWN, LOOKED_AT = 8, 100


@requires(Permission.SELF, "GET")
@before_second_step
def account(request: StaffRequest) -> HttpResponse:
    staff, changes = request.user, _changes(request)
    context = {
        "sessions": StaffSession.objects.of(staff, at=request.at),
        "this_one": _this_one(request),
        "changes": [(one.at, CHANGES[one.verb]) for one in changes[:SHOWN]],
        "password_set": next((one.at for one in changes if one.verb == PASSWORD), None),
        "app": CodeApp.objects.filter(staff=staff).first(),
        "passkeys": Passkey.objects.filter(staff=staff),
        "codes_left": codes_left(staff),
        "has_factor": has_factor(staff),
        "asked_from": asked_from(request.acting.clinic, request.acting.roles),
    }
    return render(request, "accounts/account.html", context)


def _this_one(request: StaffRequest) -> str:
    return label_of(request.session.session_key or "")


def _changes(request: StaffRequest) -> list[AuditEvent]:
    subject = f"{request.user._meta.label_lower}:{request.user.pk}"
    found = AuditEvent.objects.filter(subject=subject, verb__in=CHANGES)
    return list(found.order_by("-at", "-pk")[:LOOKED_AT])


@sensitive_post_parameters()
@requires(Permission.SELF)
@before_second_step
@step_up("change your password", to_look=True)
def password(request: StaffRequest) -> HttpResponse:
    form = ChangePasswordForm(posted(request), staff=request.user)
    if request.method == "POST" and form.is_valid():
        actions.set_password(
            staff=request.user,
            password=form.cleaned_data["password1"],
            at=request.at,
        )
        update_session_auth_hash(request, request.user)
        messages.success(
            request, "New password set. Other devices have been signed out."
        )
        return redirect("accounts:account")
    return render(
        request,
        "accounts/password.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


@sensitive_post_parameters()
@requires(Permission.SELF)
@before_second_step
def confirm(request: StaffRequest) -> HttpResponse:
    """Asks who is there, then leads on to a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    path = path_of_ours(request, wanted, settings.LOGIN_REDIRECT_URL)
    return confirm_page(request, path)


@requires(Permission.SELF, "POST")
@before_second_step
def end_session(request: StaffRequest, label: str) -> HttpResponse:
    act(
        request,
        lambda: sessions.end_session(
            staff=request.user,
            clinic=request.acting.clinic,
            label=label,
            at=acting_now(request)["at"],
        ),
        done="Signed out there.",
    )
    return redirect("accounts:account")


@requires(Permission.SELF, "POST")
@before_second_step
def end_others(request: StaffRequest) -> HttpResponse:
    act(
        request,
        lambda: sessions.end_other_sessions(
            staff=request.user,
            clinic=request.acting.clinic,
            this_one=_this_one(request),
            at=request.at,
        ),
        done="Every other session is over.",
    )
    return redirect("accounts:account")
