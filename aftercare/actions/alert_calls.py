"""Calls of an alert: who is told when, and the e-mails about it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from accounts.models import Clinic, Staff
from accounts.tenancy import clinic_day
from aftercare import notices
from aftercare.models import Alert, AlertCall
from aftercare.record.alert_staff import RungStaff, staff_for
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault
from jobs.tasks import wake
from knowledge.schedule.alerts import (
    AGAIN_MINUTES,
    OF_CLINIC,
    CallMade,
    RungCall,
    alert_rules,
    calls_due,
    next_call,
)
from medications.knowledge_pages.subject_signoffs import numbers_of

QUEUE = "alert_calls"


def minutes_of(clinic: Clinic) -> dict[str, int]:
    """The waits of the climb at this clinic, within what is permitted."""
    rules = alert_rules()
    again = rules.numbers[AGAIN_MINUTES].days
    chosen = {name: getattr(clinic, column) for name, column in OF_CLINIC.items()}
    chosen[AGAIN_MINUTES] = numbers_of(clinic.pk).get(AGAIN_MINUTES, again)
    return {name: rules.within_limits(name, one) for name, one in chosen.items()}


def calls_made(calls: Iterable[AlertCall]) -> list[CallMade]:
    """Each place that was called, once."""
    found: dict[RungCall, CallMade] = {}
    for one in calls:
        place = RungCall(one.rung_of, one.number)
        found[place] = CallMade(
            place,
            one.called_at,
            found_somebody=one.recipient_id is not None,
            was_passed_on=one.passed_on_by_id is not None,
        )
    return list(found.values())


def call_who_is_due(
    alert: Alert, clinic: Clinic, *, at: datetime, passed_on_by: Staff | None = None
) -> Counter[str]:
    """Make the calls that are due by now; where somebody passes it on, the next one too.

    The row of the alert is held. Twice is once: a rung that was called is due no more.
    Waits are added to the moment itself, not to a clock that may be put back meanwhile.
    """
    at = at.astimezone(UTC)
    staff = staff_for(alert, clinic, on=clinic_day(clinic, at))
    minutes = minutes_of(clinic)
    made = calls_made(alert.calls.all())
    done: Counter[str] = Counter()
    places = calls_due(alert.raised_at, alert.acknowledged_at, made, minutes, at)
    if passed_on_by is not None:
        places = (next_call(alert.raised_at, made, minutes).place,)
    while places:
        for place in places:
            found = _call(alert, place, staff.on(place.rung), at, passed_on_by)
            is_passed = passed_on_by is not None
            made.append(CallMade(place, at, bool(found), is_passed))
            done["called"] += found
        passed_on_by = None
        places = calls_due(alert.raised_at, alert.acknowledged_at, made, minutes, at)
    coming = next_call(alert.raised_at, made, minutes)
    alert.next_rung, alert.next_call_at = coming.place.rung.value, coming.at
    alert.save(update_fields=["next_rung", "next_call_at"])
    wake(clinic_id=alert.clinic_id, queue=QUEUE)
    return +done


def _call(
    alert: Alert,
    place: RungCall,
    staff: RungStaff,
    at: datetime,
    passed_on_by: Staff | None,
) -> int:
    """One row for each person; an empty one where nobody stands there."""
    AlertCall.objects.bulk_create(
        [
            AlertCall(
                clinic_id=alert.clinic_id,
                alert=alert,
                rung=place.rung.value,
                number=place.number,
                role=staff.role,
                recipient_id=pk,
                called_at=at,
                passed_on_by=passed_on_by,
            )
            for pk in staff.ids or (None,)
        ],
        ignore_conflicts=True,
    )
    return len(staff.ids)


def climb(alerts: list[Alert], batch: Batch) -> Counter[str]:
    """Alerts that nobody has acknowledged go to whoever is next."""
    clinic = Clinic.objects.get(pk=batch.clinic_id)
    done: Counter[str] = Counter()
    for alert in alerts:
        done += call_who_is_due(alert, clinic, at=batch.at) or Counter(nobody=1)
    return done


def deliver_calls(rows: list[AlertCall], batch: Batch) -> Mapping[int, Fault]:
    """Hand one mail over about the calls of one alert to one person, and note that it
    went out."""
    ids = [call.pk for call in rows]
    to = Staff.objects.get(pk=rows[0].recipient_id)
    try:
        notices.send_alert(rows[0].alert_id, to=to)
    except NotDelivered as reason:
        return dict.fromkeys(ids, reason.fault)
    AlertCall.objects.filter(pk__in=ids).update(sent_at=batch.at)
    return {}
