"""Messages to one person: what they want, what was sent, what comes next. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aftercare.models import CheckIn, FollowUp, MessageWish, PersonMessage
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.messages import REMINDS_OF, MessageKind, messages
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.models import Patient

# Who is written to: in care, and neither in hospital nor in custody.
AT_LARGE = (
    *(Patient.Status.REFERRED, Patient.Status.IN_INTAKE, Patient.Status.ACTIVE),
    Patient.Status.AFTERCARE,
)
SHOWN = 20
WEEK = 7


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message with what became of it; `sent_at` None where it waits or never went."""

    words: str
    for_day: date | None
    made_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComingMessage:
    """What will be sent, and on which day."""

    words: str
    on: date


@dataclass(frozen=True, slots=True)
class MessagesNow:
    """Everything that the page of messages shows."""

    wish: MessageWish | None
    sent: tuple[SentMessage, ...]
    coming: tuple[ComingMessage, ...]


def messages_of(patient: Patient, *, today: date) -> MessagesNow:
    """In four statements."""
    wish = (
        MessageWish.objects.in_force()
        .filter(patient=patient)
        .select_related("to", "agreed_by")
        .first()
    )
    sent = sorted(_sent(patient), key=lambda one: one.made_at, reverse=True)[:SHOWN]
    found = _coming(wish, today) if wish and patient.status in AT_LARGE else ()
    coming = sorted(found, key=lambda one: one.on)
    return MessagesNow(wish, tuple(sent), tuple(coming))


def _sent(patient: Patient) -> Iterator[SentMessage]:
    for one in PersonMessage.objects.filter(patient=patient)[:SHOWN]:
        words = MessageKind(one.kind).words
        yield SentMessage(words, one.for_day, one.created_at, one.sent_at)
    weekly = CheckIn.objects.filter(patient=patient, wish__isnull=False)
    for made in weekly.select_related("mail")[:SHOWN]:
        sent_at = made.mail.sent_at if hasattr(made, "mail") else None
        words = MessageKind.CHECK_IN.words
        yield SentMessage(words, made.for_day, made.created_at, sent_at)


def _coming(wish: MessageWish, today: date) -> Iterator[ComingMessage]:
    """Of the next seven days."""
    days = [today + timedelta(days=ahead) for ahead in range(1, WEEK + 1)]
    for day in days:
        if MessageKind.CHECK_IN in wish.kinds and day.isoweekday() == wish.weekday:
            yield ComingMessage(MessageKind.CHECK_IN.words, day)
    if MessageKind.DAILY in wish.kinds:
        yield ComingMessage(MessageKind.DAILY.words, days[0])
    yield from _reminders(wish, days)


def _reminders(wish: MessageWish, days: list[date]) -> Iterator[ComingMessage]:
    chosen = numbers_of(wish.clinic_id)
    before = timedelta(days=messages().chosen("message_before", chosen))
    owed = FollowUp.objects.open().filter(
        patient=wish.patient_id, due_on__range=(days[0] + before, days[-1] + before)
    )
    for row in owed:
        for kind, kept_by in REMINDS_OF.items():
            if kind in wish.kinds and follow_up_kind(row.kind).kept_by is kept_by:
                yield ComingMessage(kind.words, row.due_on - before)
