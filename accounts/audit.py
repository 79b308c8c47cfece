from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Model

from accounts.access import address
from accounts.models import AuditEvent, Clinic, Staff

SYSTEM = "Mainstay"
AT_ONCE = 500


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
    event = _event(verb, subject, facts, by=by, at=at)
    if clinic:
        event.clinic_id = clinic.pk
    event.why = why
    event.save(force_insert=True)


def record_many(
    verb: str,
    subjects: Iterable[tuple[Model, Mapping[str, object]]],
    *,
    by: Staff | None,
    at: datetime,
) -> None:
    """The same act done to many, a row for each with its facts, in few statements."""
    AuditEvent.objects.bulk_create(
        [_event(verb, one, facts, by=by, at=at) for one, facts in subjects],
        batch_size=AT_ONCE,
    )


def _event(
    verb: str,
    subject: Model,
    facts: Mapping[str, object],
    *,
    by: Staff | None,
    at: datetime,
) -> AuditEvent:
    return AuditEvent(
        at=at,
        clinic_id=getattr(subject, "clinic_id", None),
        staff_id=by.pk if by else None,
        actor=by.name if by else SYSTEM,
        verb=verb,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        patient_id=_patient_id(subject),
        address=address(),
        facts=dict(facts),
    )


def _patient_id(subject: Model) -> int | None:
    if subject._meta.label_lower == "patients.patient":
        return subject.pk  # type: ignore[no-any-return]
    return getattr(subject, "patient_id", None)
