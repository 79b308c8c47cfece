from datetime import datetime

from django.db.models import Model

from accounts.access import address
from accounts.models import AuditEvent, Clinic, Staff

SYSTEM = "Mainstay"


def record(
    verb: str,
    subject: Model,
    *,
    by: Staff | None,
    at: datetime,
    clinic: Clinic | None = None,
    why: str = "",
    **facts: object,
) -> None:
    """Add one audit row, inside the caller's transaction.

    `by` is None for the background workers. `facts` takes ids and codes only.
    """
    AuditEvent.objects.create(
        at=at,
        clinic_id=clinic.pk if clinic else getattr(subject, "clinic_id", None),
        staff_id=by.pk if by else None,
        actor=by.name if by else SYSTEM,
        verb=verb,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        patient_id=_patient_id(subject),
        why=why,
        address=address(),
        facts=facts,
    )


def _patient_id(subject: Model) -> int | None:
    if subject._meta.label_lower == "patients.patient":
        return subject.pk  # type: ignore[no-any-return]
    return getattr(subject, "patient_id", None)
