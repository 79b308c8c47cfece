"""Status of a person in care: the one place where it is written, with its reason."""

from datetime import datetime

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from patients.models import Episode, Patient, StatusChange

Status = Patient.Status


class NotOnThisWay(Refused):
    """The status cannot follow the one the person has."""

    field = "discharge_class"


def held_with_episode(patient: Patient) -> tuple[Patient, Episode]:
    """The person's row, held until the end of the act, and their newest episode."""
    rows = Patient.objects.select_related("clinic")
    patient = rows.select_for_update(of=("self",)).get(pk=patient.pk)
    return patient, Episode.objects.filter(patient=patient).latest("number")


def move_on(
    patient: Patient,
    episode: Episode,
    status: str,
    *,
    reason: str = "",
    discharge_class: str = "",
    since: datetime | None = None,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Write a status that an act of care has led to, `since` when where that was
    earlier; the day of admission follows the episode."""
    patient.status, patient.admitted_on = status, episode.admitted_on
    patient.save(update_fields=["status", "admitted_on"])
    note_status(
        patient, reason=reason, discharge_class=discharge_class, by=by, at=since or at
    )
    audit.record("patient.status_changed", patient, by=by, at=at, status=status)
    return patient


def note_status(
    patient: Patient,
    *,
    reason: str,
    discharge_class: str = "",
    by: Staff | None,
    at: datetime,
) -> None:
    """Add one step to the person's way through care."""
    StatusChange.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        status=patient.status,
        discharge_class=discharge_class,
        reason=reason,
        changed_at=at,
        changed_by=by,
    )
