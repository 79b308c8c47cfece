"""Celery's door into this app: keeping house once a day."""

from celery import shared_task
from django.utils import timezone

from accounts import actions, submissions, tenancy, unsent


@shared_task
def forget_ended_sessions(**_: object) -> None:
    """Remove sessions that have expired, and what was kept of forms for a while."""
    now = timezone.now()
    actions.forget_ended_sessions(at=now)
    actions.forget_wrong_passwords(at=now)
    with tenancy.every_clinic(actor="system:housekeeping"):
        submissions.forget_old(at=now)
        unsent.forget_old(at=now)
