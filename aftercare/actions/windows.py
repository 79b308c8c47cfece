"""Windows of follow-ups as time passes: they come due, are missed, are told about.

Each step changes rows that the engine has claimed, so that any number of workers may
do this together, again, or be killed in between.
"""

from collections import Counter

from django.db import connection
from django.db.models import Q

from aftercare.actions.recipients import recipients_for
from aftercare.models import Alert, AlertCall, FollowUp, Notice
from jobs.queues import Batch
from knowledge.schedule.steps import DutySeverity
from patients.models import Patient

Status = FollowUp.Status
DANGER = DutySeverity.DANGER.value
type Rows = list[FollowUp]

# Thousands at once: three arrays are sent, not a row of values for each.
OWE = """
INSERT INTO aftercare_notice
  (clinic_id, kind, created_at, key, recipient_id, follow_up_id)
SELECT %(clinic)s, %(kind)s, %(at)s, owed.*
FROM unnest(%(keys)s::text[], %(recipients)s::bigint[], %(follow_ups)s::bigint[]) AS owed
ON CONFLICT DO NOTHING
"""

# Nobody is called after a death. Whoever left is owed contacts; what care owed them ends
# as it is reckoned.
OF_DEPARTED = Q(patient__status=Patient.Status.DECEASED)


def _change(rows: Rows, **values: object) -> int:
    if not rows:
        return 0
    return FollowUp.objects.filter(pk__in=[one.pk for one in rows]).update(**values)


def end_for_departed(rows: Rows, batch: Batch) -> Counter[str]:
    """Take back what is owed to nobody any more."""
    ended = _change(
        rows,
        status=Status.CANCELLED,
        closed_at=batch.at,
        outcome="They died.",
    )
    return Counter(ended=ended)


def open_windows(rows: Rows, batch: Batch) -> Counter[str]:
    """Planned ones whose window has begun; one that is over already was missed."""
    over = [one for one in rows if one.latest_on < batch.on]
    today = [one for one in rows if one.due_on <= batch.on <= one.latest_on]
    early = [one for one in rows if batch.on < one.due_on]
    _owe_notices(today, Notice.Kind.REMINDER, batch)
    _change(today, status=Status.DUE, reminded_at=batch.at)
    _change(early, status=Status.DUE)
    due = +Counter(due=len(today) + len(early), reminded=len(today))
    return due + close_windows(over, batch)


def close_windows(rows: Rows, batch: Batch) -> Counter[str]:
    """Due ones whose window is over without an outcome: missed."""
    heard = _owe_notices(rows, Notice.Kind.ESCALATION, batch)
    _change(
        rows,
        status=Status.MISSED,
        missed_at=batch.at,
        escalated_at=batch.at if heard else None,
    )
    return +Counter(missed=len(rows), escalated=len(rows) if heard else 0)


def escalate(rows: Rows, batch: Batch) -> Counter[str]:
    """Missed ones that nobody was told of, since the clinic had no care manager."""
    heard = _owe_notices(rows, Notice.Kind.ESCALATION, batch)
    return +Counter(escalated=_change(rows, escalated_at=batch.at) if heard else 0)


def remind(rows: Rows, batch: Batch) -> Counter[str]:
    """Those whose window was open before their day came."""
    _owe_notices(rows, Notice.Kind.REMINDER, batch)
    return +Counter(reminded=_change(rows, reminded_at=batch.at))


def _told_by_alert(rows: Rows) -> set[tuple[int, int | None]]:
    """Reminders, by follow-up and recipient, that say only what an alert just said: it
    still climbs, it called them, and the duty is of what raised it. Whatever else is
    dangerous, and whatever is late, is said to them too."""
    people = {one.patient_id for one in rows if one.severity == DANGER}
    if not people:
        return set()
    climbing = Alert.objects.unacknowledged().filter(patient__in=people)
    calls = AlertCall.objects.filter(alert__in=climbing, recipient__isnull=False)
    return {
        (one.pk, call.recipient_id)
        for call in calls.select_related("alert")
        for one in rows
        if one.severity == DANGER and one.key.startswith(call.alert.duty_prefix)
    }


def _owe_notices(rows: Rows, kind: str, batch: Batch) -> bool:
    """Owe one notice for each follow-up, day and recipient, whoever asks again.

    False where the clinic has nobody who hears of everything.
    """
    if not rows:
        return False
    staff = recipients_for(batch.clinic_id, rows, on=batch.on)
    who = staff.to_remind if kind == Notice.Kind.REMINDER else staff.to_escalate
    told = _told_by_alert(rows) if kind == Notice.Kind.REMINDER else set()
    owed = [
        (one, recipient)
        for one in rows
        for recipient in who(one)
        if (one.pk, recipient) not in told
    ]
    keys = [f"{kind}:{one.pk}:{one.due_on}:{recipient}" for one, recipient in owed]
    with connection.cursor() as cursor:
        cursor.execute(
            OWE,
            {
                "clinic": batch.clinic_id,
                "kind": kind,
                "at": batch.at,
                "keys": keys,
                "recipients": [recipient for _, recipient in owed],
                "follow_ups": [one.pk for one, _ in owed],
            },
        )
    return bool(staff.care_managers)
