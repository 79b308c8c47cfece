"""E-mails to the staff about their own accounts: asked for in the act, sent by workers.

None says a clinical word or names anybody in care.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import tenancy
from accounts.entry_rows import AccountMail
from accounts.models import Clinic, Staff
from accounts.notices import invitation_link

Kind = AccountMail.Kind

SUBJECTS: dict[str, str] = {
    Kind.INVITATION: "Your Mainstay account",
    Kind.PASSWORD: "Your password was changed",
    Kind.FACTOR_ADDED: "A second step was added to your account",
    Kind.FACTOR_REMOVED: "A second step was removed from your account",
    Kind.FACTORS_RESET: "Your second steps were taken away",
    Kind.CODES_MADE: "New recovery codes were made",
    Kind.CODE_USED: "A recovery code was used",
    Kind.ROLES: "Your roles were changed",
    Kind.ROLE_ASKED: "A role waits for a second person",
    Kind.NEW_PLACE: "You signed in from a new place",
    Kind.TEST: "Mail from Mainstay reaches you",
}
SAID: dict[str, str] = {
    Kind.PASSWORD: "The password of your account was changed, and other sessions ended.",
    Kind.FACTOR_ADDED: "An app or a passkey was added to your account.",
    Kind.FACTOR_REMOVED: "An app or a passkey was removed from your account.",
    Kind.FACTORS_RESET: (
        "An admin took your app, passkeys and recovery codes away and ended your"
        " sessions. Set up a second step when you sign in."
    ),
    Kind.CODES_MADE: "New recovery codes were made. Older ones are over.",
    Kind.CODE_USED: "A recovery code was used to prove that it is you.",
    Kind.ROLES: "Your roles at {clinic} were changed. Your account shows them.",
    Kind.ROLE_ASKED: "Somebody at {clinic} asks for a role for a colleague. Say yes or no:",
    Kind.NEW_PLACE: "Your account was used from a place where you were not seen lately.",
    Kind.TEST: "You had this sent, to see whether mail arrives. It does.",
}
NOT_YOU = "Was it not you? Sign out every other session, then change your password:"


def ask(
    *, kind: str, to: Iterable[Staff], clinic: Clinic, at: datetime, place: str = ""
) -> None:
    """Have an e-mail sent to each of them, once this transaction is kept."""
    AccountMail.objects.bulk_create(
        AccountMail(clinic=clinic, staff=staff, kind=kind, at=at, place=place)
        for staff in to
    )


def ask_for_own(*, kind: str, staff: Staff, at: datetime, place: str = "") -> None:
    """The same where no clinic is at work: under the first that this person works at."""
    clinic = Clinic.objects.filter(memberships__staff=staff).order_by("pk").first()
    if clinic is None:
        return
    with tenancy.clinics([clinic.pk], actor=f"staff:{staff.pk}"):
        ask(kind=kind, to=[staff], clinic=clinic, at=at, place=place)


def last_try(clinic: Clinic) -> AccountMail | None:
    """The last mail that somebody at this clinic tried."""
    tried = AccountMail.objects.filter(clinic=clinic, kind=Kind.TEST)
    return tried.order_by("-at", "-pk").first()


def words_of(mail: AccountMail) -> tuple[str, str]:
    """Subject and body."""
    subject = SUBJECTS[mail.kind]
    if mail.kind == Kind.INVITATION:
        return subject, _invitation(mail.staff)
    when = tenancy.clinic_clock(mail.clinic, mail.at)
    moment = f"{when:%-d %b %Y, %H:%M}{f', {mail.place}' if mail.place else ''}"
    said = SAID[mail.kind].format(clinic=mail.clinic)
    is_asked = mail.kind == Kind.ROLE_ASKED
    page = reverse("accounts:staff" if is_asked else "accounts:account")
    more = "" if is_asked or mail.kind == Kind.TEST else f"\n\n{NOT_YOU}"
    link = f"{settings.SITE_URL}{page}"
    return subject, f"Hello {mail.staff.name},\n\n{said}\n{moment}{more}\n{link}\n"


def _invitation(staff: Staff) -> str:
    return (
        f"Hello {staff.name},\n\nan account was made for you. Set your password here, "
        f"within 24 hours:\n\n{invitation_link(staff)}\n\nIf you did not expect this, "
        "tell the person who runs your clinic's accounts.\n"
    )
