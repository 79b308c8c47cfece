"""A check-in link in the words of the screen: how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aftercare.models import CheckIn, CheckInMail
from jobs.models import Claim
from knowledge.instruments.titles import short_title
from patients.models import Patient

SHOWN = 5
CHECK_IN_MAIL = "check_in_mail"


@dataclass(frozen=True, slots=True)
class CheckInEntry:
    """One link with its state, and whether it still can be taken back."""

    row: CheckIn
    titles: str
    icon: str
    state: str
    words: str
    when: datetime
    mail: CheckInMail | None
    # Why its mail did not go out, where it was tried.
    claim: Claim | None
    is_usable: bool


def shown_check_in(row: CheckIn, *, at: datetime) -> CheckInEntry:
    return _shown([row], at)[0]


def _shown(rows: list[CheckIn], at: datetime) -> list[CheckInEntry]:
    mails: list[CheckInMail] = [row.mail for row in rows if hasattr(row, "mail")]
    failed = Claim.objects.of_rows(CHECK_IN_MAIL, [mail.pk for mail in mails])
    claims = {claim.row_id: claim for claim in failed.exclude(fault="")}
    return [_one(row, claims, at) for row in rows]


def _one(row: CheckIn, claims: Mapping[int, Claim], at: datetime) -> CheckInEntry:
    titles = ", ".join(short_title(key) for key in row.instruments)
    if row.shows:
        titles = row.get_shows_display()
    mail: CheckInMail | None = getattr(row, "mail", None)
    claim = claims.get(mail.pk) if mail else None
    state = _state(row, mail, claim, at)
    usable = row.is_usable(at=at)
    return CheckInEntry(row, titles, *state, mail=mail, claim=claim, is_usable=usable)


def _state(
    row: CheckIn, mail: CheckInMail | None, claim: Claim | None, at: datetime
) -> tuple[str, str, str, datetime]:
    """Symbol, class, word and moment of the furthest that it came."""
    if row.answered_at is not None:
        return "check", "is-done", "answered", row.answered_at
    if row.revoked_at is not None:
        words = "taken back" if row.revoked_by_id else "closed after wrong birth dates"
        return "x", "", words, row.revoked_at
    if row.expires_at <= at:
        return "clock", "is-stale", "expired", row.expires_at
    if row.opened_at is not None:
        return "pen", "is-due", "opened", row.opened_at
    return _sent(row, mail, claim)


def _sent(
    row: CheckIn, mail: CheckInMail | None, claim: Claim | None
) -> tuple[str, str, str, datetime]:
    if mail is None:
        return "msg", "", "made, passed on by staff", row.created_at
    if mail.sent_at is not None:
        return "msg", "", "sent", mail.sent_at
    if claim is not None:
        words = f"not delivered ({claim.fault})"
        return "late", "is-failed", words, claim.claimed_at
    return "clock", "", "to be sent within a minute", row.created_at


def check_ins_of(patient: Patient, *, at: datetime) -> list[CheckInEntry]:
    """The latest links of one person, in one query."""
    rows = CheckIn.objects.filter(clinic=patient.clinic_id, patient=patient)
    return _shown(list(rows.select_related("mail")[:SHOWN]), at)
