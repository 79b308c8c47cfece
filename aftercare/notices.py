"""Wording and handing over of the messages that this app sends.

A mail says how many and where to look, and nothing of a person.
"""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import Staff
from aftercare.models import FollowUp, Notice

# More than these are looked at in the caseload.
LINKS = 10


class NotDelivered(Exception):
    """The message could not be handed over; it is tried again later."""


def subject(kind: str, count: int) -> str:
    one = count == 1
    what = "1 follow-up" if one else f"{count} follow-ups"
    if kind == Notice.Kind.ESCALATION:
        return f"{what} {'was' if one else 'were'} missed"
    return f"{what} {'is' if one else 'are'} due"


def link(follow_up: FollowUp) -> str:
    path = reverse("aftercare:of_patient", args=[follow_up.patient_id])
    return f"{settings.SITE_URL}{path}#follow-up-{follow_up.pk}"


def body(follow_ups: list[FollowUp]) -> str:
    links = sorted({link(one) for one in follow_ups})
    if len(links) > LINKS:
        links = [f"{settings.SITE_URL}{reverse('reports:caseload')}"]
    return "\n".join([*links, ""])


def send(*, to: Staff, kind: str, follow_ups: list[FollowUp]) -> None:
    """One mail to one person on the staff about all of these."""
    try:
        send_mail(subject(kind, len(follow_ups)), body(follow_ups), None, [to.email])
    except (OSError, SMTPException) as reason:
        raise NotDelivered(type(reason).__name__) from reason
