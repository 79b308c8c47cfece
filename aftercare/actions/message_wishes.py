"""Wishes of people for messages: said, changed, ended, and what they say by a link."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from aftercare.actions.events import DerivedEvent, record_derived
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.tokens import (
    digest_of,
    digest_of_number,
    new_nonce,
    token_of,
)
from aftercare.models import CareEvent, FollowUp, MessageWish
from assessments.actions.concerns import raise_for_words
from jobs.texts import can_text
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.messages import WISHED
from knowledge.schedule.pathways import EventKind
from patients.actions.registry import is_not_contacted
from patients.models import ContactPoint, Patient
from patients.telephones import machine_form

Ended = MessageWish.EndedHow
# What a person may say without an account, and the event that it is.
SAID = {
    "call": EventKind.CALL_ASKED,
    "moved": EventKind.MOVED,
    "kit": EventKind.KIT_WANTED,
}
STOP = "stop"


class NotSafe(Refused):
    """Writing to this address was not said to be safe."""

    field = "to"


class NothingWanted(Refused):
    """A wish for messages names at least one kind."""

    field = "kinds"


class NotWritten(Refused):
    """Nothing is sent to somebody who cannot or should not be reached."""


def is_safe(point: ContactPoint) -> bool:
    """A current address or number of which somebody asked, and writing there is safe."""
    return point.is_current and point.may_text is True


def may_write_to(point: ContactPoint) -> bool:
    """A safe one that this site can reach: a number where it can send texts."""
    return is_safe(point) and (point.kind == ContactPoint.Kind.EMAIL or can_text())


@transaction.atomic
def agree_to_messages(
    *,
    patient: Patient,
    to: ContactPoint,
    language: str,
    kinds: Sequence[str],
    weekday: int,
    by: Staff,
    at: datetime,
) -> MessageWish:
    """Keep what the person wants to be written to about, in the place of what held."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if is_not_contacted(patient):
        raise NotWritten("A death is on this record. Nothing is sent.")
    if to.patient_id != patient.pk or not may_write_to(to):
        raise NotSafe("Ask first whether writing to this address is safe.")
    wanted = [kind.value for kind in WISHED if kind in kinds]
    if not wanted:
        raise NothingWanted("Choose at least one.")
    _end(MessageWish.objects.in_force().filter(patient=patient), Ended.CHANGED, by, at)
    nonce = new_nonce()
    wish = MessageWish.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        to=to,
        language=language,
        kinds=wanted,
        weekday=weekday,
        nonce=nonce,
        token_digest=digest_of(token_of(nonce)),
        reply_digest=reply_digest(to),
        agreed_at=at,
        agreed_by=by,
    )
    audit.record("messages.agreed", wish, by=by, at=at, kinds=wish.kinds)
    return wish


@transaction.atomic
def end_messages(*, wish: MessageWish, by: Staff | None, at: datetime) -> MessageWish:
    """Send no more; by nobody on the staff where the person said so."""
    _end([wish], Ended.STAFF if by else Ended.PERSON, by, at)
    wish.refresh_from_db()
    return wish


def end_unsafe(wish: MessageWish, *, at: datetime) -> None:
    """Send no more to an address of which nobody says any longer that it is safe."""
    _end([wish], Ended.UNSAFE, None, at)


def _end(
    wishes: Iterable[MessageWish], how: Ended, by: Staff | None, at: datetime
) -> None:
    for wish in wishes:
        held = MessageWish.objects.select_for_update().in_force().filter(pk=wish.pk)
        if held.update(ended_at=at, ended_by=by, ended_how=how):
            audit.record("messages.ended", wish, by=by, at=at, how=how.value)


@transaction.atomic
def say_by_link(*, wish: MessageWish, what: str, on: date, at: datetime) -> None:
    """What a person says from the link in a message: stop, call me, I moved, a kit."""
    if what == STOP:
        stop_messages(patient=wish.patient, at=at)
        return
    kind = SAID[what]
    # Said again after it was answered, it is said anew; until then once.
    answered = CareEvent.objects.filter(patient=wish.patient_id, kind=kind)
    again = sum(1 for one in answered.exclude(derived_from="") if _is_over(one))
    key = f"wish:{wish.patient_id}:{on}:{again}"
    told_by_person(wish.patient, {kind: ""}, key=key, on=on, at=at)
    reconcile(patient=wish.patient, by=None, at=at)


def _is_over(event: CareEvent) -> bool:
    """Whether it was taken back, or what it owed was done or cancelled by somebody. What
    another event owes too stands under that one: it is not over by having no row."""
    closed = FollowUp.objects.filter(
        Q(status=FollowUp.Status.DONE) | Q(closed_by__isnull=False),
        patient=event.patient_id,
        key__contains=f":event:{event.number}:",
        closed_at__isnull=False,
    )
    return not event.is_in_force or closed.exists()


@transaction.atomic
def stop_messages(*, patient: Patient, at: datetime) -> None:
    """Whatever this person is written to about ends, whichever message they hold."""
    _end(MessageWish.objects.in_force().filter(patient=patient), Ended.PERSON, None, at)


def told_by_person(
    patient: Patient,
    told: Mapping[EventKind, str],
    *,
    key: str,
    on: date,
    at: datetime,
) -> list[CareEvent]:
    """Keep what a person said without an account, by kind with their words; each once.
    Words that may be about dying call somebody. Gives what is new."""
    found = [
        DerivedEvent(
            patient_id=patient.pk,
            kind=kind,
            on=on,
            key=f"{key}:{kind}",
            words=words,
            source=CareEvent.Source.PERSON,
        )
        for kind, words in told.items()
    ]
    events = record_derived(found, at=at)
    for event in events:
        if event.kind == EventKind.WROTE and alert_rules().is_about_dying(event.words):
            reason = f"Wrote: {event.words}"
            raise_for_words(patient=event.patient, reason=reason, at=at)
    return events


def reply_digest(point: ContactPoint) -> str:
    """What a reply from this number is matched with; empty where nobody replies by text."""
    if point.kind != ContactPoint.Kind.PHONE:
        return ""
    return digest_of_number(machine_form(point.value))


def find_wish(token: str) -> tuple[int, int] | None:
    """Clinic and row of a link in a message, for a visitor who belongs to no clinic."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mainstay_message_wish(%s)", [digest_of(token)])
        row: tuple[int, int] | None = cursor.fetchone()
    return row
