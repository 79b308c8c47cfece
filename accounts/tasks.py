"""Celery's door into this app: keeping house once a day."""

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task
def forget_ended_sessions(**_: object) -> None:
    """Remove the rows of sessions that have expired."""
    actions.forget_ended_sessions(at=timezone.now())
