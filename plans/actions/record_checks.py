"""The check of the record: is it what was written? Recomputed, kept, told where not."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection, transaction

from accounts import audit, tenancy
from accounts.chain import chain_faults
from accounts.models import AuditChain, Clinic
from plans.content import is_as_signed
from plans.models import Plan, RecordCheck

logger = logging.getLogger("mainstay.record")

# Recomputing years of acts takes longer than any page may.
LONGEST = "30min"
# Chain of what belongs to no clinic: how people came in.
OF_NO_CLINIC = 0


@transaction.atomic
def check_record(*, clinic: Clinic, at: datetime) -> RecordCheck:
    """Recompute a clinic's audit and every plan signed there; the last link goes to the
    log too, which is kept elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [LONGEST])
    with tenancy.every_clinic(actor="system:record"):
        head = AuditChain.objects.filter(clinic=clinic.pk).first()
        number, digest = (head.number, head.digest) if head else (0, "")
        broken = [*chain_faults(clinic.pk), *chain_faults(OF_NO_CLINIC)]
        signed = Plan.objects.filter(clinic=clinic).exclude(content_digest="")
        faults = [
            *map(str, broken),
            *changed_plans(signed.values_list("pk", flat=True)),
        ]
        check = RecordCheck.objects.create(
            clinic=clinic,
            checked_at=at,
            number=number,
            digest=digest,
            plans=signed.count(),
            faults=faults,
        )
        audit.record(
            "record.checked", check, by=None, at=at, clinic=clinic, faults=len(faults)
        )
    say = logger.error if faults else logger.info
    say(
        "audit of clinic %s: %s rows, %s, %s faults",
        *(clinic.pk, number, digest, len(faults)),
    )
    return check


def changed_plans(ids: Iterable[int]) -> Iterator[str]:
    """Every plan that does not say what was signed."""
    for pk in ids:
        plan = Plan.objects.get(pk=pk)
        if not is_as_signed(plan):
            yield f"clinic {plan.clinic_id}, plan {plan.pk}: not what was signed"
