"""Check-in links: made, mailed, opened, answered once, taken back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.actions.alerts import raise_for_typed
from aftercare.actions.message_wishes import (
    SAID,
    STOP,
    NotSafe,
    may_write_to,
    stop_messages,
    told_by_person,
)
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.tokens import digest_of, new_nonce, token_of
from aftercare.models import CheckIn, CheckInMail, FollowUp, HardDayPlan, MessageWish
from assessments.actions.self_report import may_be_given, record_said
from assessments.models import Assessment
from knowledge.instruments.questionnaire import with_answers
from knowledge.schedule.pathways import EventKind
from patients.actions.registry import has_died, is_not_contacted
from patients.models import ContactPoint, Patient

VALID = timedelta(days=7)
# A plan for bad days is opened again and again, until it is taken back.
PLAN_VALID = timedelta(days=365)
# After so many wrong dates of birth the link is closed.
BIRTH_TRIES = 5


class NotForThisPerson(Refused):
    """Nothing is sent to somebody who cannot or should not be reached."""


class NothingToShow(Refused):
    """There is no plan in force to show."""


class CheckInOver(Refused):
    """Answered, taken back or too old; which one is not told to who holds the link."""


@transaction.atomic
def send_check_in(
    *,
    patient: Patient,
    instruments: Sequence[str],
    language: str,
    to: ContactPoint | None = None,
    follow_up: FollowUp | None = None,
    wish: MessageWish | None = None,
    for_day: date | None = None,
    by: Staff | None,
    at: datetime,
) -> CheckIn:
    """Make a link for one person, good once and for seven days; send it where asked.
    By nobody where the person wished for one each week, and it is the day."""
    check_in = _made(
        patient,
        to,
        by=by,
        at=at,
        follow_up=follow_up,
        wish=wish,
        for_day=for_day,
        instruments=list(may_be_given(instruments, by_link=True)),
        language=language,
        expires_at=at + VALID,
    )
    audit.record(
        "check_in.made",
        check_in,
        by=by,
        at=at,
        instruments=check_in.instruments,
        mailed=to is not None,
    )
    return check_in


@transaction.atomic
def send_plan_link(
    *,
    patient: Patient,
    kind: str,
    language: str,
    to: ContactPoint | None = None,
    by: Staff,
    at: datetime,
) -> CheckIn:
    """Make a link to a plan for bad days in force; those to it from before are closed."""
    if not HardDayPlan.objects.filter(patient=patient, kind=kind).agreed().exists():
        raise NothingToShow("Agree on it first: there is nothing to show yet.")
    for before in CheckIn.objects.usable(at=at).filter(patient=patient, shows=kind):
        revoke_check_in(check_in=before, by=by, at=at)
    check_in = _made(
        patient,
        to,
        by=by,
        at=at,
        instruments=[],
        shows=kind,
        language=language,
        expires_at=at + PLAN_VALID,
    )
    audit.record("hard_days.link_made", check_in, by=by, at=at, mailed=to is not None)
    return check_in


def _made(
    patient: Patient,
    to: ContactPoint | None,
    *,
    by: Staff | None,
    at: datetime,
    **columns: object,
) -> CheckIn:
    """The row of a link, and its mail where there is an address."""
    if is_not_contacted(patient):
        raise NotForThisPerson("A death is on this record. Nothing is sent.")
    if to is not None and not (may_write_to(to) and to.patient_id == patient.pk):
        raise NotSafe("Ask first whether writing to this address is safe.")
    nonce = new_nonce()
    check_in = CheckIn.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        nonce=nonce,
        token_digest=digest_of(token_of(nonce)),
        created_at=at,
        created_by=by,
        **columns,
    )
    if to is not None:
        CheckInMail.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            check_in=check_in,
            to=to,
            created_at=at,
        )
    return check_in


@transaction.atomic
def revoke_check_in(*, check_in: CheckIn, by: Staff, at: datetime) -> CheckIn:
    """Close a link before its time."""
    check_in = _usable(check_in, at=at)
    check_in.revoked_at, check_in.revoked_by = at, by
    check_in.save(update_fields=["revoked_at", "revoked_by"])
    audit.record("check_in.revoked", check_in, by=by, at=at)
    return check_in


@transaction.atomic
def send_check_in_again(*, check_in: CheckIn, by: Staff, at: datetime) -> CheckIn:
    """A new link in the place of this one, to the same address, if it still is safe."""
    if check_in.is_usable(at=at):
        revoke_check_in(check_in=check_in, by=by, at=at)
    mail = CheckInMail.objects.filter(check_in=check_in).select_related("to").first()
    if check_in.shows:
        return send_plan_link(
            patient=check_in.patient,
            kind=check_in.shows,
            language=check_in.language,
            to=mail.to if mail and may_write_to(mail.to) else None,
            by=by,
            at=at,
        )
    return send_check_in(
        patient=check_in.patient,
        instruments=check_in.instruments,
        language=check_in.language,
        to=mail.to if mail and may_write_to(mail.to) else None,
        follow_up=check_in.follow_up,
        by=by,
        at=at,
    )


def find_check_in(token: str) -> tuple[int, int] | None:
    """Clinic and row of a link, for a visitor who belongs to no clinic yet.

    The one question that is answered over all clinics: a function of the database
    that gives two numbers to who knows a whole token (migration 0003).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mainstay_check_in(%s)", [digest_of(token)])
        row: tuple[int, int] | None = cursor.fetchone()
    return row


def _usable(check_in: CheckIn, *, at: datetime) -> CheckIn:
    """The row, held until the transaction ends, if the link still may be used: after a
    death nobody answers for the person."""
    held = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .filter(pk=check_in.pk)
        .first()
    )
    if held is None or not held.is_usable(at=at) or has_died(held.patient):
        raise CheckInOver("This link cannot be used any more.")
    return held


@transaction.atomic
def open_check_in(*, check_in: CheckIn, at: datetime) -> CheckIn:
    """Note the first time that the link was opened."""
    check_in = _usable(check_in, at=at)
    if check_in.opened_at is None:
        check_in.opened_at = at
        check_in.save(update_fields=["opened_at"])
        audit.record("check_in.opened", check_in, by=None, at=at)
    return check_in


@transaction.atomic
def confirm_birth(*, check_in: CheckIn, born_on: date, at: datetime) -> int | None:
    """None where the date is right, else how many tries are left; the last closes it."""
    check_in = _usable(check_in, at=at)
    if born_on == check_in.patient.date_of_birth:
        return None
    check_in.wrong_births += 1
    left = BIRTH_TRIES - check_in.wrong_births
    if left <= 0:
        check_in.revoked_at = at
    check_in.save(update_fields=["wrong_births", "revoked_at"])
    verb = "check_in.wrong_birth" if left > 0 else "check_in.closed"
    audit.record(verb, check_in, by=None, at=at, tries=check_in.wrong_births)
    return max(left, 0)


@transaction.atomic
def save_check_in(
    *,
    check_in: CheckIn,
    instrument: str,
    answers: Mapping[str, int | None],
    at: datetime,
) -> CheckIn:
    """Keep some answers as they are given; they count once they are sent, and what
    cannot wait is heard of at once."""
    check_in = _usable(check_in, at=at)
    check_in.answers = with_answers(check_in.answers, instrument, answers)
    check_in.save(update_fields=["answers"])
    raise_for_typed(
        patient=check_in.patient,
        instruments=[instrument],
        said=check_in.answers,
        check_in=check_in,
        at=clinic_clock(check_in.patient.clinic, at),
    )
    return check_in


@transaction.atomic
def keep_said(
    *, check_in: CheckIn, said_too: Sequence[str], words: str, at: datetime
) -> CheckIn:
    """Keep what is said besides the answers as it stands; it counts once it is sent."""
    check_in = _usable(check_in, at=at)
    check_in.said_too = [what for what in (*SAID, STOP) if what in said_too]
    check_in.words = words
    check_in.save(update_fields=["said_too", "words"])
    return check_in


@transaction.atomic
def speak(*, check_in: CheckIn, language: str, at: datetime) -> CheckIn:
    """Go on in another language."""
    check_in = _usable(check_in, at=at)
    check_in.language = language
    check_in.save(update_fields=["language"])
    return check_in


@transaction.atomic
def answer_check_in(
    *,
    check_in: CheckIn,
    said_too: Sequence[str] = (),
    words: str = "",
    at: datetime,
) -> list[Assessment]:
    """Record what was answered, and what else the person said; the link is used up. Of
    two at once, one records."""
    check_in = _usable(check_in, at=at)
    has_said = bool(said_too or words)
    is_begun = any(check_in.answers.get(key) for key in check_in.instruments)
    recorded: list[Assessment] = []
    if is_begun or not has_said:
        recorded = record_said(
            patient=check_in.patient,
            instruments=check_in.instruments,
            said=check_in.answers,
            source=f"check-in:{check_in.pk}",
            by=None,
            at=at,
        )
    check_in.answered_at = at
    check_in.said_too = [what for what in (*SAID, STOP) if what in said_too]
    check_in.words = words
    check_in.save(update_fields=["answered_at", "said_too", "words"])
    audit.record("check_in.answered", check_in, by=None, at=at)
    _tell(check_in, at)
    reconcile(patient=check_in.patient, by=None, at=at)
    return recorded


def _tell(check_in: CheckIn, at: datetime) -> None:
    """What was said besides the answers reaches whoever has to act."""
    told = {SAID[what]: "" for what in check_in.said_too if what in SAID}
    if check_in.words:
        told[EventKind.WROTE] = check_in.words
    told_by_person(
        check_in.patient,
        told,
        key=f"check_in:{check_in.pk}",
        on=clinic_day(check_in.patient.clinic, at),
        at=at,
    )
    if STOP in check_in.said_too:
        stop_messages(patient=check_in.patient, at=at)
