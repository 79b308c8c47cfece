"""A check-in link in the words of the screen: how far it has come."""

from dataclasses import dataclass
from datetime import datetime

from aftercare.models import CheckIn, CheckInMail
from assessments.instruments.titles import short_title
from patients.models import Patient

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """One link with its state, and whether it still can be taken back."""

    row: CheckIn
    titles: str
    icon: str
    state: str
    words: str
    when: datetime
    mail: CheckInMail | None
    is_usable: bool


def shown_check_in(row: CheckIn, *, at: datetime) -> Shown:
    titles = ", ".join(short_title(key) for key in row.instruments)
    mail: CheckInMail | None = getattr(row, "mail", None)
    return Shown(
        row, titles, *_state(row, mail, at), mail=mail, is_usable=row.is_usable(at=at)
    )


def _state(
    row: CheckIn, mail: CheckInMail | None, at: datetime
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
    return _sent(row, mail)


def _sent(row: CheckIn, mail: CheckInMail | None) -> tuple[str, str, str, datetime]:
    if mail is None:
        return "msg", "", "made, passed on by staff", row.created_at
    if mail.sent_at is not None:
        return "msg", "", "sent", mail.sent_at
    if mail.last_error:
        words = f"not delivered ({mail.last_error})"
        return "late", "is-failed", words, mail.claimed_at or row.created_at
    return "clock", "", "to be sent within a minute", row.created_at


def check_ins_of(patient: Patient, *, at: datetime) -> list[Shown]:
    """The latest links of one person, in one query."""
    rows = CheckIn.objects.filter(clinic=patient.clinic_id, patient=patient)
    return [shown_check_in(row, at=at) for row in rows.select_related("mail")[:SHOWN]]
