"""Reminding the admins of a clinic, once a step, that a certificate ends."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Value

from accounts.clinic_settings.certificates import certificates_of
from accounts.models import Clinic
from jobs import notices
from jobs.actions.alerts import admins_of
from jobs.models import CertificateReminder
from jobs.queues import Batch, Delivery, Fault, Outbox, Queue, Rows

STEP = "certificates"


def owe_reminders(batch: Batch, _last: datetime | None) -> Counter[str]:
    """Owe a mail for each certificate that has come to its next step; the same one once."""
    clinic = Clinic.objects.get(pk=batch.clinic_id)
    owed = [
        CertificateReminder(
            clinic=clinic,
            certificate=one.key,
            until=one.until,
            step=step,
            created_at=batch.at,
        )
        for one in certificates_of(clinic)
        if (step := one.reminder(batch.on)) is not None
    ]
    known = set(
        CertificateReminder.objects.filter(clinic=clinic).values_list(
            "certificate", "until", "step"
        )
    )
    new = [one for one in owed if (one.certificate, one.until, one.step) not in known]
    CertificateReminder.objects.bulk_create(new, ignore_conflicts=True)
    return +Counter(owed=len(new))


def _waiting(
    _: Batch,
) -> QuerySet[CertificateReminder, CertificateReminder]:
    return CertificateReminder.objects.filter(sent_at=None).order_by("pk")


def _outbox(batch: Batch) -> Rows:
    """One mail, whatever is in it."""
    return (
        _waiting(batch)
        .order_by()
        .values("clinic")
        .annotate(
            record=Value(""),
            name=Value(""),
            detail=Value(""),
            at_once=Value(value=False),
            about=Count("pk"),
        )
    )


def _deliver(rows: list[Any], batch: Batch) -> Mapping[int, Fault]:
    """One mail to each admin about all of them; what ends stands on the page."""
    ids = [row.pk for row in rows]
    admins = admins_of(batch.clinic_id)
    if not admins:
        return dict.fromkeys(ids, Fault("NoAdmin", is_of_the_way=True))
    for admin in admins:
        try:
            notices.send_certificates(to=admin)
        except notices.NotDelivered as reason:
            return dict.fromkeys(ids, reason.fault)
    CertificateReminder.objects.filter(pk__in=ids).update(sent_at=batch.at)
    return {}


CERTIFICATES = Queue(
    name="certificates",
    title="Reminders of certificates that end",
    prepare=owe_reminders,
    steps=(
        Delivery(
            name=STEP,
            waiting=_waiting,
            deliver=_deliver,
            message_of=lambda _: STEP,
            titles=lambda: CertificateReminder.objects.annotate(
                said=Value("Certificate that ends")
            ),
            outbox=Outbox(
                words="E-mail about a certificate, to the admins", rows=_outbox
            ),
        ),
    ),
)
