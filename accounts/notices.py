"""Wording and handing over of the messages that this app sends."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Staff


def invitation_link(staff: Staff) -> str:
    """The address where this person sets a first password; good for one day."""
    path = reverse(
        "accounts:set_password",
        args=[
            urlsafe_base64_encode(force_bytes(staff.pk)),
            default_token_generator.make_token(staff),
        ],
    )
    return f"{settings.SITE_URL}{path}"


def send_invitation(staff: Staff) -> None:
    send_mail(
        "Your Mainstay account",
        f"Hello {staff.name},\n\nan account was made for you. Set your password here, "
        f"within 24 hours:\n\n{invitation_link(staff)}\n\nIf you did not expect this, "
        "tell the person who runs your clinic's accounts.\n",
        None,
        [staff.email],
    )
