"""Second factors of a person: added, removed, reset; each told by e-mail."""

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.entry import codes, mail, sealing
from accounts.entry.passkeys import NewPasskey
from accounts.entry_rows import CodeApp, FactorTries, Passkey, RecoveryCode
from accounts.models import Clinic, Staff
from accounts.refusals import Gone, Refused
from accounts.second_step import has_factor
from accounts.tenancy import clinic_day

Kind = mail.Kind
# [P] Long enough for everybody to set one up.
LONGEST_GRACE = timedelta(days=90)


class CodeDoesNotFit(Refused):
    """The app shows other digits: it was not scanned, or its clock is wrong."""

    field = "code"


class PasskeyNotTaken(Refused):
    """The browser's answer does not fit what it was asked, or the key is known already."""


class LastFactor(Refused):
    """The clinic asks for a second step: one has to stay."""


class WorksElsewhere(Refused):
    """An admin's reach ends at the clinic's border."""


class GraceTooLong(Refused):
    """A second step that is asked for some day is asked for nobody."""

    field = "grace_until"


@transaction.atomic
def add_code_app(
    *, staff: Staff, clinic: Clinic, sealed: str, code: str, at: datetime
) -> CodeApp:
    """Take an app in use, once it has shown a code; another app makes way for it."""
    step = codes.step_of_code(sealing.opened(sealed), code, at=at)
    if step is None:
        raise CodeDoesNotFit(
            "The app shows other digits. Scan it again, and see that the phone sets its"
            " own clock."
        )
    app, _ = CodeApp.objects.update_or_create(
        staff=staff, defaults={"sealed": sealed, "last_step": step, "added_at": at}
    )
    _told(staff, clinic, Kind.FACTOR_ADDED, "staff.code_app_added", at)
    return app


@transaction.atomic
def add_passkey(
    *, staff: Staff, clinic: Clinic, made: NewPasskey | None, name: str, at: datetime
) -> Passkey:
    if made is None or Passkey.objects.filter(credential=made.credential).exists():
        raise PasskeyNotTaken("This passkey was not taken. Make it again.")
    key = Passkey.objects.create(
        staff=staff,
        name=name or "Passkey",
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        added_at=at,
    )
    _told(staff, clinic, Kind.FACTOR_ADDED, "staff.passkey_added", at)
    return key


@transaction.atomic
def remove_code_app(
    *, staff: Staff, clinic: Clinic, is_needed: bool, at: datetime
) -> None:
    if not CodeApp.objects.filter(staff=staff).delete()[0]:
        raise Gone("There is no app any more.")
    _keep_one(staff, is_needed=is_needed)
    _told(staff, clinic, Kind.FACTOR_REMOVED, "staff.code_app_removed", at)


@transaction.atomic
def remove_passkey(
    *, staff: Staff, clinic: Clinic, key: Passkey, is_needed: bool, at: datetime
) -> None:
    if not Passkey.objects.filter(staff=staff, pk=key.pk).delete()[0]:
        raise Gone("This passkey was removed already.")
    _keep_one(staff, is_needed=is_needed)
    _told(staff, clinic, Kind.FACTOR_REMOVED, "staff.passkey_removed", at)


def _keep_one(staff: Staff, *, is_needed: bool) -> None:
    """With the last factor its recovery codes go."""
    if has_factor(staff):
        return
    if is_needed:
        raise LastFactor("Your clinic asks for a second step. Add another one first.")
    RecoveryCode.objects.filter(staff=staff).delete()


@transaction.atomic
def make_recovery_codes(*, staff: Staff, clinic: Clinic, at: datetime) -> list[str]:
    """Fresh ones, to be shown this once; those before are over."""
    if not has_factor(staff):
        raise LastFactor("Set up an app or a passkey first.")
    made = codes.new_recovery_codes()
    RecoveryCode.objects.filter(staff=staff).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, digest=make_password(code), made_at=at)
        for code in made
    )
    _told(staff, clinic, Kind.CODES_MADE, "staff.recovery_codes_made", at)
    return made


@transaction.atomic
def reset_factors(*, staff: Staff, clinic: Clinic, by: Staff, at: datetime) -> None:
    """Take a colleague's factors away who lost them, and end their sessions."""
    if staff == by:
        raise LastFactor("Another admin has to reset yours.")
    if staff.memberships.exclude(clinic=clinic).exists():
        raise WorksElsewhere(
            "This person works at another clinic too, so that nobody here resets their"
            " second step: who runs the server does."
        )
    _forget(staff)
    mail.ask(kind=Kind.FACTORS_RESET, to=[staff], clinic=clinic, at=at)
    audit.record("staff.factors_reset", staff, by=by, at=at, clinic=clinic)


@transaction.atomic
def reset_factors_here(*, staff: Staff, at: datetime) -> None:
    """The same by who runs the server, whatever clinics the person works at."""
    _forget(staff)
    mail.ask_for_own(kind=Kind.FACTORS_RESET, staff=staff, at=at)
    audit.record("staff.factors_reset", staff, by=None, at=at)


@transaction.atomic
def seal_again() -> int:
    """Bring every secret under the newest key; how many there are."""
    apps = CodeApp.objects.select_for_update().order_by("pk")
    for app in apps:
        app.sealed = sealing.sealed_again(app.sealed)
        app.save(update_fields=["sealed"])
    return len(apps)


def _forget(staff: Staff) -> None:
    for rows in (CodeApp, Passkey, RecoveryCode, FactorTries):
        rows.objects.filter(staff=staff).delete()
    Staff.objects.filter(pk=staff.pk).update(
        session_generation=F("session_generation") + 1
    )


@transaction.atomic
def set_factor_policy(
    *,
    clinic: Clinic,
    roles: list[str],
    grace_until: date | None,
    by: Staff,
    at: datetime,
) -> None:
    """Who needs a second step at this clinic, from the day after the grace ends."""
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    if roles and grace_until is not None:
        _refuse_grace(clinic, roles, grace_until, clinic_day(clinic, at))
    clinic.factor_required_roles = sorted(set(roles))
    clinic.factor_required_from = grace_until
    clinic.save(update_fields=["factor_required_roles", "factor_required_from"])
    audit.record(
        "clinic.factor_policy_set",
        clinic,
        by=by,
        at=at,
        clinic=clinic,
        roles=clinic.factor_required_roles,
        since=str(grace_until or ""),
    )


def _refuse_grace(
    clinic: Clinic, roles: list[str], grace_until: date, today: date
) -> None:
    if grace_until > today + LONGEST_GRACE:
        raise GraceTooLong(f"At most {LONGEST_GRACE.days} days from today.")
    since = clinic.factor_required_from
    is_in_force = since is not None and since <= today
    known = set(roles) & set(clinic.factor_required_roles)
    if is_in_force and known and grace_until > today:
        raise GraceTooLong("It is in force already: no day to come takes it back.")


def _told(staff: Staff, clinic: Clinic, kind: str, verb: str, at: datetime) -> None:
    mail.ask(kind=kind, to=[staff], clinic=clinic, at=at)
    audit.record(verb, staff, by=staff, at=at, clinic=clinic)
