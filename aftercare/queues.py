"""The queues of follow-ups and of the e-mails about them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic
from aftercare.actions import alert_calls, mail, messages, windows
from aftercare.actions.find_events import find_events
from aftercare.actions.leaving import end_leavings
from aftercare.actions.reconcile import mark_everybody, reckon_marked
from aftercare.models import (
    Alert,
    AlertCall,
    CareMark,
    CaseloadLine,
    CheckIn,
    CheckInMail,
    FollowUp,
    Notice,
    StaffLeaving,
)
from aftercare.record import outbox
from jobs.queues import (
    SAFETY_REST,
    Batch,
    Delivery,
    Expected,
    Queue,
    Rows,
    WorkStep,
    declare,
)
from knowledge.schedule.steps import DutySeverity, working_hours
from patients.models import DeathRecord, Patient

# Of one batch: what one worker holds while it speaks to the mail server.
MAILS = 100
# As many at once as keep a transaction short: each batch passes over what earlier ones
# have just changed.
FOLLOW_UPS_AT_ONCE = 2_000
# Marks a worker takes at once: as many people at most are reckoned in one transaction.
MARKS_AT_ONCE = 300
# What the steps read of a follow-up.
READ = (
    *("id", "clinic", "patient", "status", "due_on", "latest_on"),
    *("assigned_role", "assigned_to", "severity"),
)


# How many days ahead the page of the workers looks.
AHEAD = {"now": 0, "day": 1, "week": 7}


def _expected(clinic_id: int, on: date) -> list[Expected]:
    """Windows that open and close now, by tomorrow, in a week; in one query."""
    opens = _counts("opens", Q(status="planned"), "earliest_on", on)
    closes = _counts("closes", Q(), "latest_on", on - timedelta(days=1))
    found = FollowUp.objects.filter(clinic=clinic_id, status__in=["planned", "due"])
    row = found.aggregate(**opens, **closes)
    words = {"opens": "come due", "closes": "are missed unless closed"}
    return [
        Expected(said, **{name: row[f"{key}_{name}"] for name in AHEAD})
        for key, said in words.items()
    ]


def _counts(key: str, which: Q, field: str, on: date) -> dict[str, Count]:
    return {
        f"{key}_{name}": Count(
            "pk", filter=which & Q(**{f"{field}__lte": on + timedelta(days=ahead)})
        )
        for name, ahead in AHEAD.items()
    }


def _mark_today(batch: Batch, _: datetime | None) -> Counter[str]:
    return +Counter(marked=mark_everybody(batch.clinic_id, batch.on))


def _without_next_step(_: Batch) -> Mapping[str, Rows]:
    return {"People without a next step": CaseloadLine.objects.without_next_step()}


def _untold(batch: Batch) -> Mapping[str, Rows]:
    """Windows that are over and of which no care manager was told; what is owed to
    somebody who died."""
    over = Q(status=FollowUp.Status.DUE, latest_on__lt=batch.on)
    missed = Q(status=FollowUp.Status.MISSED, escalated_at=None)
    return {
        "Missed, and nobody told": FollowUp.objects.filter(over | missed),
        "Owed to the dead": FollowUp.objects.open().filter(windows.OF_DEPARTED),
    }


CARE = Queue(
    name="care",
    title="What is owed, reckoned anew",
    size=MARKS_AT_ONCE,
    prepare=_mark_today,
    watched=_without_next_step,
    rests_at_most=SAFETY_REST,
    steps=(
        WorkStep(
            name="reckon",
            waiting=lambda _: CareMark.objects.order_by("pk"),
            work=reckon_marked,
        ),
    ),
)
FOLLOW_UPS = Queue(
    name="follow_ups",
    title="Follow-ups: due, missed, escalated",
    size=FOLLOW_UPS_AT_ONCE,
    expected=_expected,
    watched=_untold,
    steps=(
        WorkStep(
            name="end_for_departed",
            waiting=lambda _: (
                FollowUp.objects.open()
                .filter(windows.OF_DEPARTED)
                .only(*READ)
                .order_by("pk")
            ),
            work=windows.end_for_departed,
        ),
        WorkStep(
            name="open_windows",
            waiting=lambda batch: FollowUp.objects.to_mark_due(on=batch.on).order_by(
                "earliest_on", "pk"
            ),
            work=windows.open_windows,
        ),
        WorkStep(
            name="close_windows",
            waiting=lambda batch: FollowUp.objects.to_mark_missed(on=batch.on).order_by(
                "latest_on", "pk"
            ),
            work=windows.close_windows,
        ),
        WorkStep(
            name="escalate",
            waiting=lambda _: FollowUp.objects.to_escalate().only(*READ).order_by("pk"),
            work=windows.escalate,
        ),
        WorkStep(
            name="remind",
            waiting=lambda batch: FollowUp.objects.to_remind(on=batch.on).order_by(
                "due_on", "pk"
            ),
            work=windows.remind,
        ),
        WorkStep(
            name="end_leavings",
            waiting=lambda batch: (
                StaffLeaving.objects.filter(
                    confirmed_at__isnull=False, ended_at=None, leaves_on__lt=batch.on
                )
                .select_related("clinic", "staff", "confirmed_by")
                .order_by("pk")
            ),
            work=end_leavings,
        ),
    ),
)


def _notices(batch: Batch) -> Rows:
    """In working hours all that are owed; outside them what cannot wait."""
    owed = Notice.objects.filter(sent_at=None)
    days = open_days_of(Clinic.objects.get(pk=batch.clinic_id))
    if not working_hours().hold(batch.at, batch.on, days):
        owed = owed.filter(follow_up__severity=DutySeverity.DANGER.value)
    return owed.select_related("recipient", "follow_up").order_by("pk")


def _check_in_mails(batch: Batch) -> Rows:
    """Links to people in care that can still be used."""
    usable = CheckInMail.objects.filter(
        sent_at=None, check_in__in=CheckIn.objects.usable(at=batch.at)
    )
    alive = usable.exclude(patient__status=Patient.Status.DECEASED)
    reported = DeathRecord.objects.waiting().filter(patient=OuterRef("patient"))
    alive = alive.exclude(Exists(reported))
    return (
        alive.filter(~Q(check_in__wish__isnull=False) | messages.wanted_now(batch))
        .select_related("check_in__wish", "to")
        .order_by("pk")
    )


MAIL = Queue(
    name="mail",
    title="E-mails",
    size=MAILS,
    steps=(
        Delivery(
            name="staff_mail",
            waiting=_notices,
            deliver=mail.deliver_notices,
            message_of=lambda notice: (notice.recipient_id, notice.kind),
            titles=outbox.notice_titles,
            owed=outbox.owed_notices,
            outbox=outbox.NOTICES,
        ),
        Delivery(
            name="check_in_mail",
            waiting=_check_in_mails,
            deliver=mail.deliver_check_in,
            titles=outbox.link_titles,
            owed=outbox.owed_links,
            outbox=outbox.LINKS,
        ),
    ),
)


MESSAGES = Queue(
    name="messages",
    title="Messages to people in care",
    size=MAILS,
    prepare=messages.owe_messages,
    foreseen=outbox.foreseen_messages,
    steps=(
        Delivery(
            name="person_message",
            waiting=messages.to_send,
            deliver=messages.deliver_message,
            titles=outbox.reminder_titles,
            owed=outbox.owed_reminders,
            outbox=outbox.REMINDERS,
        ),
    ),
)


def _to_climb(batch: Batch) -> Rows:
    """Alerts whose next call is due, at every hour."""
    return (
        Alert.objects.unacknowledged()
        .filter(next_call_at__lte=batch.at)
        .order_by("next_call_at", "pk")
    )


def _alert_mails(batch: Batch) -> Rows:
    """Calls about what nobody has acknowledged yet: once somebody has it, silence."""
    return outbox.owed_calls(batch).order_by("pk")


def _unheard(_: Batch) -> Mapping[str, Rows]:
    """Alerts that climb and called nobody by name."""
    called = AlertCall.objects.filter(alert=OuterRef("pk"), recipient__isnull=False)
    alone = Alert.objects.unacknowledged().filter(~Exists(called))
    return {"Alerts that reached nobody": alone}


ALERT_CALLS = Queue(
    name=alert_calls.QUEUE,
    title="Alerts that nobody has acknowledged",
    size=MAILS,
    watched=_unheard,
    rests_at_most=SAFETY_REST,
    steps=(
        WorkStep(name="climb", waiting=_to_climb, work=alert_calls.climb),
        Delivery(
            name="alert_mail",
            waiting=_alert_mails,
            deliver=alert_calls.deliver_calls,
            message_of=lambda call: (call.alert_id, call.recipient_id),
            titles=outbox.call_titles,
            outbox=outbox.CALLS,
        ),
    ),
)
EVENTS = Queue(
    name="events",
    title="Events found in the record",
    prepare=find_events,
    steps=(),
)


def declare_queues() -> None:
    declare(ALERT_CALLS)
    # An event that is found marks its person: it is reckoned in the same round.
    declare(EVENTS)
    declare(CARE)
    declare(FOLLOW_UPS)
    # A check-in that is made is sent in the same round.
    declare(MESSAGES)
    declare(MAIL)
