"""Registering people in care, and their way through it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from patients.models import CareTeamMember, ContactPoint, Patient, StatusChange
from patients.names import normalized

DECEASED = Patient.Status.DECEASED
DETAILS = (
    "given_name",
    "family_name",
    "used_name",
    "pronouns",
    "date_of_birth",
    "sex_at_birth",
    "gender",
    "language",
    "needs_interpreter",
    "address",
    "is_unhoused",
    "payer",
    "referred_by",
    "referral_reason",
)


class NotOnThisWay(Refused):
    """The status cannot follow the one the person has."""

    field = "discharge_class"


class DeathStands(NotOnThisWay):
    """A death is taken back only with the reason why it was marked."""

    field = "reason"


class HasDied(Refused):
    """Nothing is done for a person after their death."""


BEFORE_BIRTH = "Before this person was born. Check the year, and whose record it is."
AFTER_DEATH = (
    "This person is marked as deceased: nothing new is recorded after that day."
)


class BeforeBirth(Refused):
    """A day lies before the person was born."""

    def __init__(self, field: str = "") -> None:
        super().__init__(BEFORE_BIRTH)
        self.field = field


class NotOnTheStaff(Refused):
    """Somebody outside the clinic cannot join a care team."""

    field = "staff"


def next_mrn(clinic: Clinic) -> str:
    """Take the clinic's next record number; two people at once get two numbers."""
    locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
    Clinic.objects.filter(pk=clinic.pk).update(next_mrn=F("next_mrn") + 1)
    return f"{locked.mrn_prefix}-{locked.next_mrn:04d}"


@transaction.atomic
def register_patient(
    *,
    clinic: Clinic,
    details: Mapping[str, object],
    referred_on: date,
    phone: str = "",
    by: Staff,
    at: datetime,
) -> Patient:
    """Open a record for somebody who was referred; whoever registers joins no team yet."""
    patient = Patient(
        clinic=clinic,
        mrn=next_mrn(clinic),
        referred_on=referred_on,
        registered_at=at,
        registered_by=by,
    )
    _apply(patient, details, at)
    patient.save()
    _note_status(patient, reason="Registered", by=by, at=at)
    if phone:
        ContactPoint.objects.create(
            clinic=clinic, patient=patient, kind=ContactPoint.Kind.PHONE, value=phone
        )
    audit.record("patient.registered", patient, by=by, at=at)
    return patient


def _apply(patient: Patient, details: Mapping[str, object], at: datetime) -> list[str]:
    changed = []
    for name in DETAILS:
        if name in details and getattr(patient, name) != details[name]:
            setattr(patient, name, details[name])
            changed.append(name)
    if "is_unhoused" in changed:
        patient.unhoused_at = at if patient.is_unhoused else None
    patient.search_text = normalized(
        f"{patient.used_name} {patient.given_name} {patient.family_name} {patient.mrn}"
    )
    patient.sort_name = normalized(
        f"{patient.family_name} {patient.used_name or patient.given_name}"
    )
    return changed


@transaction.atomic
def change_details(
    *, patient: Patient, details: Mapping[str, object], by: Staff, at: datetime
) -> Patient:
    """Correct or complete what is known of a person; the history keeps what was."""
    changed = _apply(patient, details, at)
    if changed:
        patient.save()
        audit.record("patient.details_changed", patient, by=by, at=at, fields=changed)
    return patient


@transaction.atomic
def change_status(
    *,
    patient: Patient,
    status: str,
    reason: str = "",
    discharge_class: str = "",
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Move a person on in care. A discharge needs its class, and so does a death taken
    back its reason."""
    rows = Patient.objects.select_related("clinic")
    patient = rows.select_for_update(of=("self",)).get(pk=patient.pk)
    _refuse_unlike(patient, status, reason)
    if (status == Patient.Status.DISCHARGED) != bool(discharge_class):
        raise NotOnThisWay("Say how the person left: choose a discharge class.")
    if status == patient.status:
        return patient
    patient.status = status
    if status == Patient.Status.ACTIVE and patient.admitted_on is None:
        patient.admitted_on = clinic_day(patient.clinic, at)
    patient.save(update_fields=["status", "admitted_on"])
    _note_status(patient, reason=reason, discharge_class=discharge_class, by=by, at=at)
    audit.record("patient.status_changed", patient, by=by, at=at, status=status)
    return patient


def _refuse_unlike(patient: Patient, status: str, reason: str) -> None:
    """A death was marked by mistake or it stands: the way back says which."""
    is_marked = patient.status == DECEASED
    if is_marked and status != patient.status and not reason.strip():
        raise DeathStands(
            "This person is marked as deceased. Say why that was a mistake, to take it"
            " back."
        )


def has_died(patient: Patient) -> bool:
    """Whether a death is marked now. Holds the person's row until the end of the act,
    so that one marked at the same moment is either known here or waits."""
    held = Patient.objects.select_for_update(no_key=True)
    return held.values_list("status", flat=True).get(pk=patient.pk) == DECEASED


def refuse_after_death(patient: Patient, on: date) -> None:
    """Refuse what is said of a day after a person's death."""
    if has_died(patient) and is_after_death(patient, on):
        raise HasDied(AFTER_DEATH)


def is_after_death(patient: Patient, on: date) -> bool:
    """Whether a day lies after the one on which the death was marked."""
    deaths = patient.status_changes.filter(status=DECEASED)
    died_at = deaths.values_list("changed_at", flat=True).first()
    return died_at is None or on > clinic_day(patient.clinic, died_at)


def refuse_before_birth(patient: Patient, on: date, *, field: str = "") -> None:
    """Refuse what is said of a day before a person was born; `field` is where."""
    born = patient.date_of_birth
    if born is not None and on < born:
        raise BeforeBirth(field)


def refuse_outside_life(patient: Patient, on: date, *, field: str) -> None:
    """Refuse what is said of a day before a person's birth or after their death."""
    refuse_before_birth(patient, on, field=field)
    refuse_after_death(patient, on)


def _note_status(
    patient: Patient,
    *,
    reason: str,
    discharge_class: str = "",
    by: Staff | None,
    at: datetime,
) -> None:
    StatusChange.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        status=patient.status,
        discharge_class=discharge_class,
        reason=reason,
        changed_at=at,
        changed_by=by,
    )


@transaction.atomic
def put_on_care_team(
    *, patient: Patient, staff: Staff, part: str, by: Staff, at: datetime
) -> CareTeamMember:
    """Make somebody this person's lead, prescriber, counselor or care manager.

    Who held the part before is let go from now on.
    """
    if not staff.memberships.filter(clinic=patient.clinic_id).exists():
        raise NotOnTheStaff(f"{staff.name} does not work at this clinic.")
    current = CareTeamMember.objects.select_for_update().filter(
        patient=patient, part=part, until_at=None
    )
    held = current.first()
    if held is not None and held.staff_id == staff.pk:
        return held
    current.update(until_at=at)
    member = CareTeamMember.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        staff=staff,
        part=part,
        since_at=at,
    )
    audit.record("care_team.joined", patient, by=by, at=at, part=part, member=staff.pk)
    return member


def note_chart_view(*, patient: Patient, page: str, by: Staff, at: datetime) -> None:
    """Write down that somebody opened this chart; one row, so no savepoint."""
    audit.record("chart.viewed", patient, by=by, at=at, page=page)
