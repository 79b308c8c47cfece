"""Coming in and going out."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions, throttle, unsent
from accounts.access import StaffRequest, before_second_step, posted, requires
from accounts.doors import path_of_ours
from accounts.entry.actions.proofs import (
    PASSKEY,
    RECOVERY,
    WRONG,
    Proof,
    ProofResult,
    prove,
)
from accounts.entry.passkeys import answer_in, to_use
from accounts.entry.places import came_from
from accounts.entry.step_up import (
    FIELDS,
    WaysToProve,
    note_confirmed,
    proof_in,
    ways_to_prove,
)
from accounts.entry_rows import CAME_FROM, SEEN_AT, SIGNED_IN_AT, Passkey
from accounts.forms import NewPasswordForm, SignInForm
from accounts.middleware import CLINIC, client_address
from accounts.models import Staff
from accounts.once import refused, repeatable
from accounts.permissions import (
    PERMISSION_WORDS,
    ROLE_PERMISSIONS,
    ROLE_WORDS,
    Permission,
    Role,
)
from accounts.second_step import (
    WITH_FACTOR,
    asked_anywhere,
    codes_left,
    has_factor,
)
from accounts.tenancy import day_here
from knowledge.wording.dates import day_named

FORBIDDEN, TOO_MANY = 403, 429
NO_MATCH = (
    "E-mail and password do not match. Check both; after several tries signing in "
    "is closed for 15 minutes."
)
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Between the password and the second step.
HALFWAY = "halfway"
HALFWAY_LASTS = timedelta(minutes=5)
# A password has been given already.
SECOND = {field: way for field, way in FIELDS.items() if field != "proof_password"}


@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong password, an unknown account and an ended one."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignInForm(posted(request))
    if request.method == "POST" and form.is_valid():
        typed, now = form.cleaned_data, timezone.now()
        tried = throttle.wrong_password(request, **typed, at=now)
        if throttle.is_tried_everywhere(tried, email=typed["email"]):
            actions.note_failed_sign_in(email=typed["email"], at=now)
            return render(request, "accounts/locked.html", status=TOO_MANY)
        staff = authenticate(
            request, username=typed["email"], password=typed["password"]
        )
        if isinstance(staff, Staff):
            return _after_password(request, staff)
        # Where the account is closed, nobody may have looked at the password.
        is_closed = getattr(request, "axes_locked_out", False)
        actions.note_failed_sign_in(
            email=typed["email"], at=now, wrong=None if is_closed else tried
        )
        form.add_error(None, NO_MATCH)
    status = 400 if form.errors else 200
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")},
        status=status,
    )


@never_cache
@sensitive_post_parameters()
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in without a password, by a passkey that has seen its person."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    wanted = request.POST.get("next") or request.GET.get("next", "")
    refused_why = None
    if request.method == "POST":
        staff, result = _by_passkey(request)
        if staff is not None and result.holds:
            return _let_in(request, staff, wanted, way=PASSKEY)
        refused_why = result
    options = to_use(request, (), seen=True)
    context = {
        "ways": WaysToProve(
            has_app=False, passkey_options=options, refused=refused_why
        ),
        "next": wanted,
    }
    status = 400 if refused_why else 200
    return render(request, "accounts/passkey_sign_in.html", context, status=status)


def _by_passkey(request: HttpRequest) -> tuple[Staff | None, ProofResult]:
    """Whose key came, and whether it is proved; the same words for one of nobody."""
    answer = answer_in(request, "proof_passkey")
    credential = answer.credential if answer else ""
    holders = Passkey.objects.filter(credential=credential).values("staff")
    staff = Staff.objects.active().filter(pk__in=holders).first()
    if staff is None:
        return None, ProofResult(PASSKEY, WRONG[PASSKEY])
    proof = Proof(PASSKEY, passkey=answer, is_alone=True)
    return staff, prove(staff=staff, proof=proof, at=timezone.now())


def older_page(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - what Django gives
    """Answers a form whose token is of another sign-in, or of no page of ours.

    What was typed is shown where the browser says that the form is ours: another site
    puts no words of its own here.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return refused(request, "accounts/older_page.html", FORBIDDEN, shows_typed=is_ours)


def _after_password(request: HttpRequest, staff: Staff) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if not has_factor(staff):
        return _let_in(request, staff, wanted)
    request.session.cycle_key()
    request.session[HALFWAY] = {
        "staff": staff.pk,
        "proof": staff.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "next": wanted,
    }
    return redirect("accounts:second_step")


@never_cache
@sensitive_post_parameters()
def second_step(request: HttpRequest) -> HttpResponse:
    """The page between password and site: a code, a passkey or a recovery code."""
    now = timezone.now()
    staff = _halfway(request, now)
    if staff is None:
        messages.info(request, "That took a while. Type your password once more.")
        return redirect("accounts:sign_in")
    proof = proof_in(request, SECOND)
    result = None if proof is None else prove(staff=staff, proof=proof, at=now)
    if result is not None and result.holds:
        wanted = request.session.pop(HALFWAY)["next"]
        return _let_in(request, staff, wanted, way=result.way)
    context = {
        "staff": staff,
        "ways": ways_to_prove(request, staff, result),
        "with_recovery": request.GET.get("with") == "recovery",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "accounts/second_step.html", context, status=status)


def _halfway(request: HttpRequest, now: datetime) -> Staff | None:
    """Who has given a password a moment ago, and has not changed it since."""
    kept = request.session.get(HALFWAY)
    if kept is None or now.timestamp() - kept["at"] > HALFWAY_LASTS.total_seconds():
        return None
    staff = Staff.objects.active().filter(pk=kept["staff"]).first()
    if staff is None or staff.get_session_auth_hash() != kept["proof"]:
        return None
    return staff


def _let_in(
    request: HttpRequest, staff: Staff, wanted: str, *, way: str = ""
) -> HttpResponse:
    """`way`: how a second step was proved; empty where none was asked."""
    now = timezone.now()
    agent = request.headers.get("User-Agent", "")
    came = came_from(staff, client_address(request), agent, at=now)
    place = "" if came["is_known"] else f"{came['browser']}, {came['place']}"
    actions.note_sign_in(staff=staff, at=now, new_place=place)
    login(request, staff, backend=BACKEND)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.timestamp()
    request.session[CAME_FROM] = came
    note_confirmed(request, at=now)
    request.session[WITH_FACTOR] = bool(way)
    _say_what_is_needed(request, staff, way)
    waits_at = unsent.clinic_of_newest(
        staff, staff.memberships.values_list("clinic_id", flat=True), at=now
    )
    if waits_at is not None:
        request.session[CLINIC] = waits_at
        return redirect("accounts:not_saved_yet")
    return redirect(path_of_ours(request, wanted, settings.LOGIN_REDIRECT_URL))


def _say_what_is_needed(request: HttpRequest, staff: Staff, way: str) -> None:
    if way == RECOVERY:
        messages.warning(request, f"{codes_left(staff)} recovery codes are left.")
    since = None if way else asked_anywhere(staff)
    if since is not None:
        day = day_named(since, day_here(timezone.now()))
        messages.warning(
            request,
            f"From {day} on you need a second step: set it up in your account.",
        )


@repeatable("a session ends once")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Staff):
        actions.note_sign_out(staff=request.user, at=timezone.now())
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@requires(Permission.SELF, "POST")
@before_second_step
def sign_out_everywhere(request: StaffRequest) -> HttpResponse:
    actions.sign_out_everywhere(
        staff=request.user, clinic=request.acting.clinic, at=request.at
    )
    logout(request)
    messages.success(request, "You are signed out on every device.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@requires(Permission.SELF, "POST")
@before_second_step
def switch_clinic(request: StaffRequest) -> HttpResponse:
    """Work at another clinic from now on; `next` is a page of ours that stands there."""
    for clinic in request.acting.other_clinics:
        if str(clinic.pk) == request.POST.get("clinic"):
            request.session[CLINIC] = clinic.pk
            messages.success(request, f"You now work at {clinic}.")
    wanted = request.POST.get("next", "")
    return redirect(path_of_ours(request, wanted, settings.LOGIN_REDIRECT_URL))


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
