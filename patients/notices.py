"""Wording of the mails of this app: where to look, and nothing of a person."""

from django.conf import settings
from django.urls import reverse

from accounts.models import Staff
from jobs.notices import hand_over


def send_opening_alert(*, to: Staff) -> None:
    """Ask somebody to judge an emergency opening."""
    page = f"{settings.SITE_URL}{reverse('patients:openings')}"
    hand_over("An emergency opening to review", f"{page}\n", to.email)
