"""Owing anew what changed with a medicine: a start, a stop, an injection given.

The apps below know nothing of follow-ups. What they did stands in the audit trail,
which tells the round whose calendar to work out again.
"""

from collections import Counter
from datetime import datetime, timedelta

from accounts.models import AuditEvent
from aftercare.actions.scheduling import reschedule
from jobs.queues import Batch
from knowledge.schedule.injections import injection_rules
from patients.models import Patient
from treatment.current import people_ordered

# An act is seen when its transaction ends, a moment after its own time.
OVERLAP = timedelta(minutes=1)
# How far back the very first round looks for what changed.
FIRST = timedelta(days=1)
CHANGES = ("regimen.started", "regimen.stopped")
DOSE = "dose.recorded"


def catch_up(batch: Batch, since: datetime | None) -> Counter[str]:
    """Reschedule for everybody whose medicine changed since the last round."""
    clinic_id, at = batch.clinic_id, batch.at
    told = AuditEvent.objects.filter(
        clinic_id=clinic_id, at__range=((since or at - FIRST) - OVERLAP, at)
    )
    changed = set(told.filter(verb__in=CHANGES).values_list("patient_id", flat=True))
    dosed = told.filter(verb=DOSE).values_list("patient_id", flat=True)
    # A daily dose moves nothing; an injection moves the next one.
    changed |= people_ordered({pk for pk in dosed if pk is not None}, injection_rules())
    ids = [pk for pk in changed if pk is not None]
    people = Patient.objects.filter(clinic=clinic_id, pk__in=ids).order_by("pk")
    moved = sum(bool(reschedule(patient=one, by=None, at=at)) for one in people)
    return +Counter(rescheduled=moved)
