"""Celery's door into this app. What is to be done stands in the database."""

from celery import shared_task
from django.utils import timezone

from accounts import tenancy
from medications.actions import impact
from medications.models import ImpactRun


@shared_task
def look_for_impact() -> None:
    """Queue every clinic where somebody waits to see whom a rule would change."""
    with tenancy.every_clinic(actor="system:impact"):
        waiting = ImpactRun.objects.filter(status=ImpactRun.Status.WAITING)
        ids = list(waiting.order_by("clinic").values_list("clinic", flat=True))
    for clinic_id in dict.fromkeys(ids):
        work_off_impact.delay(clinic_id=clinic_id)


@shared_task(acks_late=True)
def work_off_impact(*, clinic_id: int, **_: object) -> None:
    """Look at everybody that the open runs of one clinic ask about."""
    impact.work_off_clinic(clinic_id=clinic_id, at=timezone.now())
