"""Messages to people in care: what is owed to whoever wants them, and sending it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from accounts.models import Clinic
from aftercare import notices
from aftercare.actions.check_ins import send_check_in
from aftercare.actions.message_wishes import end_unsafe, may_write_to
from aftercare.models import CheckIn, FollowUp, MessageWish, PersonMessage
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault, Rows
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.messages import REMINDS_OF, MessageKind, messages
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.models import DeathRecord, Patient

WEEKLY = "weekly"
NOT_SAFE = "No longer safe to write to this address"
AT_LARGE = (
    *(Patient.Status.REFERRED, Patient.Status.IN_INTAKE, Patient.Status.ACTIVE),
    Patient.Status.AFTERCARE,
)


def owe_messages(batch: Batch, _: datetime | None) -> Counter[str]:
    """Write down what is to be sent to whom today, each once; at night nothing."""
    chosen = numbers_of(batch.clinic_id)
    if not messages().may_leave(batch.at, chosen):
        return Counter()
    wishes = list(_wishes_of(batch.clinic_id))
    done: Counter[str] = Counter()
    for wish in wishes:
        if not may_write_to(wish.to):
            end_unsafe(wish, at=batch.at)
            done["ended"] += 1
        elif MessageKind.CHECK_IN in wish.kinds:
            done["check_ins"] += _weekly(wish, batch)
    before = timedelta(days=messages().chosen("message_before", chosen))
    owed = [*_days_ahead(wishes, batch, before), *_daily(wishes, batch)]
    known = set(
        PersonMessage.objects.filter(
            patient__in={one.patient_id for one in owed},
            for_day__in={one.for_day for one in owed},
        ).values_list("patient", "kind", "for_day")
    )
    new = [one for one in owed if (one.patient_id, one.kind, one.for_day) not in known]
    PersonMessage.objects.bulk_create(new, ignore_conflicts=True)
    done["reminders"] += len(new)
    return +done


def _wishes_of(clinic_id: int) -> Rows:
    """In force, of people who live outside hospital and custody, and are in care."""
    reported = DeathRecord.objects.waiting().filter(patient=OuterRef("patient"))
    return (
        MessageWish.objects.in_force()
        .filter(clinic=clinic_id, patient__status__in=AT_LARGE)
        .exclude(Exists(reported))
        .select_related("to", "patient__clinic")
        .order_by("pk")
    )


def _weekly(wish: MessageWish, batch: Batch) -> int:
    """The check-in of this day, where it is its weekday and none was made."""
    made = CheckIn.objects.filter(wish=wish)
    if wish.weekday != batch.on.isoweekday() or made.filter(for_day=batch.on).exists():
        return 0
    send_check_in(
        patient=wish.patient,
        instruments=[WEEKLY],
        language=wish.language,
        to=wish.to,
        wish=wish,
        for_day=batch.on,
        by=None,
        at=batch.at,
    )
    return 1


def _days_ahead(
    wishes: Iterable[MessageWish], batch: Batch, before: timedelta
) -> Iterable[PersonMessage]:
    """Visits and injections whose day is near, of people who want to hear of them."""
    by_patient = {wish.patient_id: wish for wish in wishes}
    near = FollowUp.objects.open().filter(
        patient__in=list(by_patient), due_on=batch.on + before
    )
    for row in near.order_by("pk"):
        wish = by_patient[row.patient_id]
        for kind, kept_by in REMINDS_OF.items():
            if kind in wish.kinds and follow_up_kind(row.kind).kept_by is kept_by:
                yield _message(wish, kind, row.due_on, batch.at, row)


def _daily(wishes: Iterable[MessageWish], batch: Batch) -> Iterable[PersonMessage]:
    for wish in wishes:
        if MessageKind.DAILY in wish.kinds:
            yield _message(wish, MessageKind.DAILY, batch.on, batch.at)


def _message(
    wish: MessageWish,
    kind: MessageKind,
    day: date,
    at: datetime,
    follow_up: FollowUp | None = None,
) -> PersonMessage:
    return PersonMessage(
        clinic_id=wish.clinic_id,
        patient_id=wish.patient_id,
        wish=wish,
        follow_up=follow_up,
        kind=kind,
        for_day=day,
        created_at=at,
    )


def to_send(batch: Batch) -> Rows:
    """Owed messages whose day is not over and whose person still wants them; none in the
    quiet hours."""
    waiting = PersonMessage.objects.filter(
        sent_at=None, wish__ended_at=None, for_day__gte=batch.on
    )
    if not messages().may_leave(batch.at, numbers_of(batch.clinic_id)):
        waiting = waiting.none()
    alive = waiting.filter(patient__status__in=AT_LARGE)
    reported = DeathRecord.objects.waiting().filter(patient=OuterRef("patient"))
    return (
        alive.exclude(Exists(reported))
        .select_related("wish__to", "patient")
        .order_by("pk")
    )


def deliver_message(rows: list[PersonMessage], batch: Batch) -> Mapping[int, Fault]:
    """Send one reminder to the address that was said to be safe, if it still is."""
    [message] = rows
    if not may_write_to(message.wish.to):
        return {message.pk: Fault(NOT_SAFE)}
    phone = Clinic.objects.get(pk=batch.clinic_id).phone
    try:
        notices.send_reminder(message, phone=phone)
    except NotDelivered as reason:
        return {message.pk: reason.fault}
    PersonMessage.objects.filter(pk=message.pk).update(sent_at=batch.at)
    return {}
