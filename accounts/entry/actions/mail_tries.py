"""A mail that somebody has sent to themselves, to see whether mail arrives."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.entry import mail
from accounts.entry_rows import AccountMail
from accounts.models import Clinic, Staff


@transaction.atomic
def try_mail(*, clinic: Clinic, by: Staff, at: datetime) -> None:
    """Have one sent; one that has not left yet is tried again by itself."""
    waiting = AccountMail.objects.filter(clinic=clinic, kind=mail.Kind.TEST, staff=by)
    if waiting.filter(sent_at=None).exists():
        return
    mail.ask(kind=mail.Kind.TEST, to=[by], clinic=clinic, at=at)
    audit.record("clinic.mail_tried", clinic, by=by, at=at, clinic=clinic)
