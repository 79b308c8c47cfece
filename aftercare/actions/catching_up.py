"""Owing anew what changed with a medicine: a start, a stop, an injection given.

The apps below know nothing of follow-ups. What they did stands in the audit trail,
which tells the round whose calendar to work out again.
"""

from datetime import datetime, timedelta

from accounts.models import AuditEvent
from aftercare.actions.scheduling import reschedule
from knowledge.schedule.injections import injection_rules
from medications.models import Regimen
from patients.models import Patient

# An act is seen when its transaction ends, a moment after its own time.
OVERLAP = timedelta(minutes=1)
CHANGES = ("regimen.started", "regimen.stopped")
DOSE = "dose.recorded"


def catch_up(*, clinic_id: int, since: datetime, at: datetime) -> int:
    """Reschedule for everybody whose medicine changed; returns how many people."""
    told = AuditEvent.objects.filter(
        clinic_id=clinic_id, at__range=(since - OVERLAP, at)
    )
    changed = set(told.filter(verb__in=CHANGES).values_list("patient_id", flat=True))
    dosed = told.filter(verb=DOSE).values_list("patient_id", flat=True)
    # A daily dose moves nothing; an injection moves the next one.
    injected = Regimen.objects.filter(
        clinic=clinic_id, patient__in=set(dosed), medication__in=[*injection_rules()]
    )
    changed |= set(injected.values_list("patient_id", flat=True))
    ids = [pk for pk in changed if pk is not None]
    people = Patient.objects.filter(clinic=clinic_id, pk__in=ids).order_by("pk")
    return sum(bool(reschedule(patient=one, by=None, at=at)) for one in people)
