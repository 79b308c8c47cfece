"""Messages to people in care: what is owed to whoever wants them, and sending it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Clinic
from aftercare import notices
from aftercare.actions.check_ins import send_check_in
from aftercare.actions.message_wishes import end_unsafe, is_safe, may_write_to
from aftercare.models import (
    CheckIn,
    FollowUp,
    MessageWish,
    OutreachAttempt,
    PersonMessage,
)
from aftercare.models.follow_ups import OPEN
from aftercare.record.messages import AT_LARGE
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault, Rows
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.messages import REMINDS_OF, MessageKind, messages
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.models import DeathRecord

WEEKLY = "weekly"
NOT_SAFE = "No longer safe to write to this address"


def owe_messages(batch: Batch, _: datetime | None) -> Counter[str]:
    """Write down what is to be sent to whom today, each once; at night nothing."""
    chosen = numbers_of(batch.clinic_id)
    if not messages().may_leave(batch.at, chosen):
        return Counter()
    done: Counter[str] = Counter()
    wishes = []
    for wish in _wishes_of(batch.clinic_id):
        if not is_safe(wish.to):
            end_unsafe(wish, at=batch.at)
            done["ended"] += 1
        elif may_write_to(wish.to):
            wishes.append(wish)
    done["check_ins"] += _weekly(wishes, batch)
    done["carried_over"] += _carry_over(wishes)
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


def _weekly(wishes: Iterable[MessageWish], batch: Batch) -> int:
    """The check-in of this day, for whom it is the weekday and none was made."""
    today = [
        wish
        for wish in wishes
        if MessageKind.CHECK_IN in wish.kinds and wish.weekday == batch.on.isoweekday()
    ]
    made = set(
        CheckIn.objects.filter(
            patient__in=[wish.patient_id for wish in today],
            wish__isnull=False,
            for_day=batch.on,
        ).values_list("patient", flat=True)
    )
    missing = [wish for wish in today if wish.patient_id not in made]
    for wish in missing:
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
    return len(missing)


def _carry_over(wishes: Iterable[MessageWish]) -> int:
    """What waits from before a change goes out as it is wanted now."""
    by_patient = {wish.patient_id: wish for wish in wishes}
    waiting = PersonMessage.objects.filter(
        sent_at=None, patient__in=list(by_patient), wish__ended_at__isnull=False
    )
    moved = 0
    for message in waiting:
        wish = by_patient[message.patient_id]
        if message.kind in wish.kinds:
            message.wish = wish
            message.save(update_fields=["wish"])
            moved += 1
    return moved


def _days_ahead(
    wishes: Iterable[MessageWish], batch: Batch, before: timedelta
) -> Iterable[PersonMessage]:
    """Visits and injections whose day is near, of people who want to hear of them."""
    by_patient = {wish.patient_id: wish for wish in wishes}
    near = FollowUp.objects.open().filter(
        patient__in=list(by_patient),
        due_on__range=(batch.on + timedelta(days=1), batch.on + before),
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


def wanted_now(batch: Batch) -> Q:
    """Of check-ins that come by themselves: still wanted, by somebody at large, and not in
    the quiet hours."""
    if not messages().may_leave(batch.at, numbers_of(batch.clinic_id)):
        return Q(pk__in=[])
    return Q(check_in__wish__ended_at=None, patient__status__in=AT_LARGE)


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
    still_owed = Q(follow_up=None) | Q(
        follow_up__status__in=OPEN, follow_up__due_on=F("for_day")
    )
    # A try that was taken back asks nobody to call.
    back = OutreachAttempt.objects.filter(
        message=OuterRef("pk"), taken_back_at__isnull=False
    )
    return (
        alive.exclude(Exists(reported))
        .exclude(Exists(back))
        .filter(still_owed)
        .select_related("wish__to", "patient", "follow_up")
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
