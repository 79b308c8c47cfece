"""The link of an invitation."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Staff


def invitation_path(staff: Staff) -> str:
    """Where this person sets a first password; good for one day."""
    return reverse(
        "accounts:set_password",
        args=[
            urlsafe_base64_encode(force_bytes(staff.pk)),
            default_token_generator.make_token(staff),
        ],
    )


def invitation_link(staff: Staff) -> str:
    """The same as a whole address."""
    return f"{settings.SITE_URL}{invitation_path(staff)}"
