"""Coming in, going out, and the account itself."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions, unsent
from accounts.access import StaffRequest, posted, requires
from accounts.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from accounts.middleware import CLINIC, SEEN_AT, SIGNED_IN_AT
from accounts.models import Staff
from accounts.once import refused, repeatable
from accounts.permissions import (
    PERMISSION_WORDS,
    ROLE_PERMISSIONS,
    ROLE_WORDS,
    Permission,
    Role,
)

FORBIDDEN = 403
NO_MATCH = (
    "E-mail and password do not match. Check both; after several tries signing in "
    "is closed for 15 minutes."
)


@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong password, an unknown account and an ended one."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignInForm(posted(request))
    if request.method == "POST" and form.is_valid():
        staff = authenticate(
            request,
            username=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
        if isinstance(staff, Staff):
            return _let_in(request, staff)
        actions.note_failed_sign_in(email=form.cleaned_data["email"], at=timezone.now())
        form.add_error(None, NO_MATCH)
    status = 400 if form.errors else 200
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")},
        status=status,
    )


def older_page(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - what Django gives
    """Answers a form whose token is of another sign-in, or of no page of ours.

    What was typed is shown where the browser says that the form is ours: another site
    puts no words of its own here.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return refused(request, "accounts/older_page.html", FORBIDDEN, shows_typed=is_ours)


def _let_in(request: HttpRequest, staff: Staff) -> HttpResponse:
    now = timezone.now()
    actions.note_sign_in(staff=staff, at=now)
    login(request, staff)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.timestamp()
    waits_at = unsent.clinic_of_newest(
        staff, staff.memberships.values_list("clinic_id", flat=True), at=now
    )
    if waits_at is not None:
        request.session[CLINIC] = waits_at
        return redirect("accounts:not_saved_yet")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if safe else settings.LOGIN_REDIRECT_URL)


@repeatable("a session ends once")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Staff):
        actions.note_sign_out(staff=request.user, at=timezone.now())
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@requires(Permission.SELF, "POST")
def sign_out_everywhere(request: StaffRequest) -> HttpResponse:
    actions.sign_out_everywhere(
        staff=request.user, clinic=request.acting.clinic, at=request.at
    )
    logout(request)
    messages.success(request, "You are signed out on every device.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@requires(Permission.SELF, "POST")
def switch_clinic(request: StaffRequest) -> HttpResponse:
    for clinic in request.acting.other_clinics:
        if str(clinic.pk) == request.POST.get("clinic"):
            request.session[CLINIC] = clinic.pk
            messages.success(request, f"You now work at {clinic}.")
    return redirect(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters()
@requires(Permission.SELF)
def account(request: StaffRequest) -> HttpResponse:
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
        "accounts/account.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The page behind an invitation: good for one day and for one password."""
    staff = _invited(uid)
    if staff is None or not default_token_generator.check_token(staff, token):
        return render(request, "accounts/invitation_over.html", status=404)
    form = NewPasswordForm(posted(request), staff=staff)
    if request.method == "POST" and form.is_valid():
        actions.set_password(
            staff=staff, password=form.cleaned_data["password1"], at=timezone.now()
        )
        messages.success(request, "Password set. Sign in with it.")
        return redirect("accounts:sign_in")
    return render(
        request,
        "accounts/set_password.html",
        {"form": form, "staff": staff},
        status=400 if form.errors else 200,
    )


def _invited(uid: str) -> Staff | None:
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, OverflowError):
        return None
    return Staff.objects.active().filter(pk=pk).first() if 0 < pk < 2**62 else None


@requires(Permission.SELF, "GET")
def permissions(request: StaffRequest) -> HttpResponse:
    """Who may do what, as the code has it."""
    rows = [
        (words, [permission in ROLE_PERMISSIONS[role] for role in Role.values])
        for permission, words in PERMISSION_WORDS.items()
    ]
    roles = [(role.label, ROLE_WORDS[role]) for role in Role]
    return render(request, "accounts/permissions.html", {"rows": rows, "roles": roles})
