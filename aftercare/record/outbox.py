"""Messages that are owed and not sent, and those of the next days: to whom and when, for
the board of the workers. Reads only, and says nothing of what stands in them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import Concat

from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic
from aftercare.models import AlertCall, CheckInMail, FollowUp, MessageWish, Notice
from aftercare.models.messages import PersonMessage, message_choices
from aftercare.record.messages import AT_LARGE
from jobs.queues import Batch, Foreseen, Outbox, Rows
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.messages import REMINDS_OF, MessageKind, messages
from knowledge.schedule.steps import DutySeverity, working_hours
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.models import Patient

EMAIL, MESSAGE, LINK = "E-mail", "Message", "Check-in link"
AHEAD = 7
NOTHING = Value("")


def owed_notices(_: Batch) -> Rows:
    """To staff, also those that wait for the working hours."""
    return Notice.objects.filter(sent_at=None)


def _notices(batch: Batch) -> Rows:
    """One e-mail about all of a kind to one colleague; what is dangerous waits for no
    hour."""
    danger = Q(follow_up__severity=DutySeverity.DANGER.value)
    of: Rows = owed_notices(batch).annotate(
        at_once=Case(When(danger, then=True), default=False)
    )
    grouped: Rows = of.values(
        record=NOTHING,
        name=F("recipient__name"),
        detail=F("kind"),
        at_once=F("at_once"),
    )
    counted: Rows = grouped.annotate(about=Count("pk"))
    return counted


def _working_hours(batch: Batch) -> datetime:
    days = open_days_of(Clinic.objects.get(pk=batch.clinic_id))
    return working_hours().next_moment(batch.at, batch.on, days)


def owed_links(batch: Batch) -> Rows:
    """To people who are alive, while the link can be used."""
    owed = CheckInMail.objects.filter(
        sent_at=None, check_in__expires_at__gt=batch.at, check_in__revoked_at=None
    )
    return owed.exclude(patient__status=Patient.Status.DECEASED)


def owed_reminders(batch: Batch) -> Rows:
    """To people who still want them, for a day that is not over."""
    return PersonMessage.objects.filter(
        sent_at=None,
        wish__ended_at=None,
        for_day__gte=batch.on,
        patient__status__in=AT_LARGE,
    )


def _to_person(rows: Rows, detail: F | Value) -> Rows:
    return rows.values(
        record=F("patient__mrn"),
        name=NOTHING,
        detail=detail,
        at_once=Value(value=False),
        about=Value(1),
    )


def _quiet_hours_over(batch: Batch) -> datetime:
    return messages().next_moment(batch.at, numbers_of(batch.clinic_id))


def owed_calls(_: Batch) -> Rows:
    """About alerts that nobody has acknowledged; at every hour."""
    return AlertCall.objects.filter(
        sent_at=None,
        recipient__isnull=False,
        alert__acknowledged_at=None,
        alert__ended_at=None,
    )


def _calls(batch: Batch) -> Rows:
    return owed_calls(batch).values(
        record=NOTHING,
        name=F("recipient__name"),
        detail=Value("alert"),
        at_once=Value(value=True),
        about=Value(1),
    )


NOTICES = Outbox(
    words=EMAIL,
    rows=_notices,
    leaves_at=_working_hours,
    details={
        Notice.Kind.REMINDER.value: "what is due",
        Notice.Kind.ESCALATION.value: "what was missed",
    },
)
LINKS = Outbox(
    words=LINK,
    rows=lambda batch: _to_person(owed_links(batch), Value("")),
    leaves_at=_quiet_hours_over,
)
REMINDERS = Outbox(
    words=MESSAGE,
    rows=lambda batch: _to_person(owed_reminders(batch), F("kind")),
    leaves_at=_quiet_hours_over,
    details={key: words.lower() for key, words in message_choices()},
)
CALLS = Outbox(words=EMAIL, rows=_calls, details={"alert": "an alert"})


def notice_titles() -> Rows:
    return Notice.objects.annotate(said=Concat(Value("E-mail to "), "recipient__name"))


def link_titles() -> Rows:
    said = Concat(Value("Check-in link to "), "patient__mrn")
    return CheckInMail.objects.annotate(said=said)


def reminder_titles() -> Rows:
    said = Concat(Value("Message to "), "patient__mrn")
    return PersonMessage.objects.annotate(said=said)


def call_titles() -> Rows:
    return AlertCall.objects.annotate(
        said=Concat(Value("E-mail to "), "recipient__name")
    )


def foreseen_messages(batch: Batch) -> list[Foreseen]:
    """To people in care in the next seven days, as things stand; in three statements."""
    wishes = MessageWish.objects.in_force().filter(
        clinic=batch.clinic_id, patient__status__in=AT_LARGE, to__may_text=True
    )
    found = list(wishes.select_related("patient").order_by("pk"))
    days = [batch.on + timedelta(days=ahead) for ahead in range(1, AHEAD + 1)]
    before = messages().chosen("message_before", numbers_of(batch.clinic_id))
    near = _near(found, days, timedelta(days=before))
    coming = (one for wish in found for one in _of(wish, days, near[wish.patient_id]))
    return sorted(coming, key=lambda one: (one.on, one.record))


def _near(
    wishes: Sequence[MessageWish], days: Sequence[date], before: timedelta
) -> dict[int, list[tuple[date, str]]]:
    """The days on which people are reminded of what is owed, with what keeps it."""
    rows = FollowUp.objects.open().filter(
        patient__in=[one.patient_id for one in wishes],
        due_on__range=(days[0] + before, days[-1] + before),
    )
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for pk, kind, due_on in rows.values_list("patient", "kind", "due_on"):
        found[pk].append((due_on - before, follow_up_kind(kind).kept_by))
    return found


def _of(
    wish: MessageWish, days: Sequence[date], near: Sequence[tuple[date, str]]
) -> Iterator[Foreseen]:
    record = wish.patient.mrn
    for kind in map(MessageKind, wish.kinds):
        words = kind.words.lower()
        if kind is MessageKind.CHECK_IN:
            said = [day for day in days if day.isoweekday() == wish.weekday]
        elif kind is MessageKind.DAILY:
            said = list(days)
        else:
            said = sorted({day for day, keeps in near if keeps == REMINDS_OF[kind]})
        for day in said:
            what = LINK if kind is MessageKind.CHECK_IN else MESSAGE
            yield Foreseen(what, record, words, day)
