"""Celery's door into this app: the clock rings, one action does the work.

What is owed stands in the database. A ring that is lost is made good by the next.
"""

from celery import shared_task
from django.utils import timezone

from accounts.models import Clinic
from aftercare.actions import rounds

# A round waits no longer than this for a worker: by then the next ones are queued.
EXPIRES = 60


@shared_task
def tick() -> None:
    """Queue the rounds of every clinic, one task for each, ids only."""
    for clinic_id in Clinic.objects.order_by("pk").values_list("pk", flat=True):
        for task in (sweep_clinic, send_clinic_notices):
            task.apply_async(kwargs={"clinic_id": clinic_id}, expires=EXPIRES)


@shared_task
def sweep_clinic(*, clinic_id: int, **_: object) -> None:
    """Mark what is due and missed at one clinic, escalate and remind."""
    rounds.sweep_clinic(clinic_id=clinic_id, at=timezone.now())


@shared_task
def send_clinic_notices(*, clinic_id: int, **_: object) -> None:
    """Send the e-mails that one clinic owes its staff."""
    rounds.send_clinic_notices(clinic_id=clinic_id, at=timezone.now())
