"""Handing over an e-mail, and those to the admins: work set aside, certificates."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import Staff
from jobs.queues import Fault


class NotDelivered(Exception):
    """The message could not be handed over; it is tried again later."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def hand_over(subject: str, body: str, address: str) -> None:
    """Give one message to the mail server.

    A server that does not answer is no fault of the message; an address that it
    refuses is.
    """
    try:
        send_mail(subject, body, None, [address])
    except (OSError, SMTPException) as reason:
        refused = isinstance(reason, SMTPRecipientsRefused)
        fault = Fault(type(reason).__name__, is_of_the_way=not refused)
        raise NotDelivered(fault) from reason


def send_alert(*, to: Staff, count: int) -> None:
    """Ask somebody to look at work that was set aside."""
    what = "1 job was" if count == 1 else f"{count} jobs were"
    page = f"{settings.SITE_URL}{reverse('jobs:board')}"
    hand_over(f"{what} set aside", f"{page}\n", to.email)


def send_record_fault(*, to: Staff) -> None:
    """Ask somebody to look at once: the record is not what was written."""
    page = f"{settings.SITE_URL}{reverse('reports:audit')}"
    hand_over("Please look at the audit now", f"{page}\n", to.email)


def send_certificates(*, to: Staff) -> None:
    """Say that a certificate of the clinic ends; which one stands on its page."""
    page = f"{settings.SITE_URL}{reverse('accounts:clinic_settings')}"
    hand_over("A certificate of your clinic ends", f"{page}\n", to.email)
