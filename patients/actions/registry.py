"""Registering people in care, and their way through it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from patients.actions.deaths import back_to_life, end_with_death
from patients.actions.episodes import admit, come_back, leave_care, open_episode
from patients.actions.holds import end_hold, hold_care
from patients.actions.status import (
    NotOnThisWay,
    held_with_episode,
    move_on,
    note_status,
)
from patients.merges import words_of_merged
from patients.models import (
    CareHold,
    CareTeamMember,
    ChartRestriction,
    ContactPoint,
    DeathRecord,
    Episode,
    Patient,
)
from patients.names import normalized, search_text_of, sort_name_of

# How many who may be the same person are looked at.
LIKELY = 5
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


class NotOpenYet(Refused):
    """A clinic that is still being set up registers nobody."""


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


class MayBeKnown(Refused):
    """Somebody here may be the same person, and was not ruled out."""

    def __init__(self, people: list[Patient]) -> None:
        super().__init__("Somebody here may be the same person.")
        self.people = people


class NotOnTheStaff(Refused):
    """Somebody outside the clinic cannot join a care team."""

    field = "staff"


class NotOnTheTeam(Refused):
    """Whoever opened a closed chart in an emergency does not decide who opens it."""

    field = "staff"

    def __init__(self) -> None:
        super().__init__("This chart is closed: the care team alone decides that.")


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
    called_after: str = "",
    unlike: Collection[int] | None = None,
    by: Staff,
    at: datetime,
) -> Patient:
    """Open a record for somebody who was referred; whoever registers joins no team yet.

    Refused where somebody of this clinic may be the same person, but for those in
    `unlike`, who were looked at; None where what sends them knows each once (a file of
    pseudonyms). Taking the number holds the clinic's row, so that of two who register
    one person at once the second is asked.
    """
    if not clinic.takes_people:
        raise NotOpenYet(
            "This clinic is still being set up: an admin opens it for people."
        )
    mrn = next_mrn(clinic)
    if unlike is not None:
        _refuse_known(clinic, details, unlike)
    patient = Patient(
        clinic=clinic,
        mrn=mrn,
        referred_on=referred_on,
        registered_at=at,
        registered_by=by,
    )
    _apply(patient, details, at)
    patient.save()
    open_episode(
        patient, referred_on=referred_on, called_after=called_after, by=by, at=at
    )
    note_status(patient, reason="Registered", by=by, at=at)
    if phone:
        ContactPoint.objects.create(
            clinic=clinic, patient=patient, kind=ContactPoint.Kind.PHONE, value=phone
        )
    audit.record("patient.registered", patient, by=by, at=at)
    return patient


def _refuse_known(
    clinic: Clinic, details: Mapping[str, object], unlike: Collection[int]
) -> None:
    alike = Patient.objects.filter(clinic=clinic).like(
        str(details["given_name"]),
        str(details["family_name"]),
        cast("date | None", details["date_of_birth"]),
    )[:LIKELY]
    if not {person.pk for person in alike} <= set(unlike):
        raise MayBeKnown(list(alike))


def _apply(patient: Patient, details: Mapping[str, object], at: datetime) -> list[str]:
    changed = []
    for name in DETAILS:
        if name in details and getattr(patient, name) != details[name]:
            setattr(patient, name, details[name])
            changed.append(name)
    if "is_unhoused" in changed:
        patient.unhoused_at = at if patient.is_unhoused else None
    patient.search_text = _found_by(patient)
    patient.sort_name = sort_name_of(patient.family_name, patient.first_name)
    return changed


def _found_by(patient: Patient) -> str:
    """Every word of the names and the MRN, and of the records that went into this one."""
    own = search_text_of(
        patient.used_name, patient.given_name, patient.family_name, mrn=patient.mrn
    )
    return own + words_of_merged(patient)


def found_by_again(patient: Patient) -> None:
    """Bring up to date what a person is found by, once records were made one or parted."""
    patient.search_text = _found_by(patient)
    patient.save(update_fields=["search_text"])


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
    """Move a person on in care by the act that leads to this status. A discharge needs
    its class, and so does a death taken back its reason."""
    patient, episode = held_with_episode(patient)
    _refuse_unlike(patient, status, reason)
    if (status == Patient.Status.DISCHARGED) != bool(discharge_class):
        raise NotOnThisWay("Say how the person left: choose a discharge class.")
    if status == patient.status:
        return patient
    if status == DECEASED:
        on = clinic_day(patient.clinic, at)
        return end_with_death(patient, episode, on=on, reason=reason, by=by, at=at)
    if patient.status == DECEASED:
        return back_to_life(
            patient, episode, status=status, reason=reason, by=by, at=at
        )
    if status == Patient.Status.DISCHARGED:
        return leave_care(
            patient=patient, leaving_class=discharge_class, reason=reason, by=by, at=at
        )
    return _go_on(patient, episode, status, reason=reason, by=by, at=at)


def _go_on(
    patient: Patient,
    episode: Episode,
    status: str,
    *,
    reason: str,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Between the statuses of somebody alive who is, or is again, in care."""
    if episode.left_on is not None:
        first = Patient.Status.ACTIVE if status == Patient.Status.ON_HOLD else status
        come_back(patient=patient, status=first, reason=reason, by=by, at=at)
        patient, episode = held_with_episode(patient)
    if status == Patient.Status.ON_HOLD:
        other = CareHold.Kind.OTHER
        hold_care(patient=patient, kind=other, words=reason, by=by, at=at)
    elif patient.status == Patient.Status.ON_HOLD:
        end_hold(patient=patient, reason=reason, by=by, at=at)
    patient, episode = held_with_episode(patient)
    if status == Patient.Status.ACTIVE and episode.admitted_on is None:
        return admit(patient=patient, reason=reason, by=by, at=at)
    if status != patient.status:
        move_on(patient, episode, status, reason=reason, by=by, at=at)
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


def is_not_contacted(patient: Patient) -> bool:
    """Whether calls and texts are stopped: the person has died, or somebody said so and
    the second person has not answered yet."""
    waiting = DeathRecord.objects.waiting().filter(patient=patient)
    return has_died(patient) or waiting.exists()


def refuse_after_death(patient: Patient, on: date) -> None:
    """Refuse what is said of a day after a person's death."""
    if has_died(patient) and is_after_death(patient, on):
        raise HasDied(AFTER_DEATH)


def is_after_death(patient: Patient, on: date) -> bool:
    """Whether a day lies after the one on which the death was marked."""
    deaths = patient.status_changes.filter(status=DECEASED).order_by("-pk")
    died_at = deaths.values_list("changed_at", flat=True).first()
    return died_at is None or on > clinic_day(patient.clinic, died_at)


class NotTheirName(Refused):
    """The name under a signature is not that of who signs."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


def why_not_signed(patient: Patient, name: str, *, signed_for: str) -> str:
    """Why a typed name is no signature; empty where it is. `signed_for` says by what
    right somebody else signs."""
    full = f"{patient.given_name} {patient.family_name}".strip()
    if not signed_for.strip() and not patient.is_named(name):
        return (
            f"{patient.first_name} signs as in the record: {full}. If somebody signs for"
            " them, type that name and say by what right."
        )
    if signed_for.strip() and normalized(name) == normalized(full):
        return f"This is {patient.first_name}'s name. Type that of whoever signs."
    return ""


def refuse_other_name(
    patient: Patient, name: str, *, signed_for: str, field: str
) -> None:
    """Refuse a signature under the name of somebody who does not sign."""
    if words := why_not_signed(patient, name, signed_for=signed_for):
        raise NotTheirName(words, field)


def refuse_before_birth(patient: Patient, on: date, *, field: str = "") -> None:
    """Refuse what is said of a day before a person was born; `field` is where."""
    born = patient.date_of_birth
    if born is not None and on < born:
        raise BeforeBirth(field)


def refuse_outside_life(patient: Patient, on: date, *, field: str) -> None:
    """Refuse what is said of a day before a person's birth or after their death."""
    refuse_before_birth(patient, on, field=field)
    refuse_after_death(patient, on)


@transaction.atomic
def put_on_care_team(
    *, patient: Patient, staff: Staff, part: str, by: Staff, at: datetime
) -> CareTeamMember:
    """Make somebody this person's lead, prescriber, counselor or care manager.

    Who held the part before is let go from now on.
    """
    refuse_outside_team(patient, by)
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


def refuse_outside_team(patient: Patient, by: Staff) -> None:
    """Refuse who is not on the team of a closed chart; to an open one anybody belongs."""
    if closed_outside_team([patient.pk], by):
        raise NotOnTheTeam


def closed_outside_team(people: Iterable[int], by: Staff) -> set[int]:
    """Of these people, those whose chart is closed and on whose team `by` is not, even
    where an emergency opened it to them."""
    team = CareTeamMember.objects.filter(
        patient=OuterRef("patient"), staff=by, until_at=None
    )
    closed = ChartRestriction.objects.filter(lifted_at=None, patient__in=list(people))
    return set(closed.exclude(Exists(team)).values_list("patient_id", flat=True))


def note_chart_view(*, patient: Patient, page: str, by: Staff, at: datetime) -> None:
    """Write down that somebody opened this chart; one row, so no savepoint."""
    audit.record("chart.viewed", patient, by=by, at=at, page=page)


def note_list(
    *, people: Sequence[int], page: str, clinic: Clinic, by: Staff, at: datetime
) -> None:
    """Write down that somebody saw these people on a list, by their rows' numbers."""
    if people:
        audit.record(
            "list.seen", clinic, by=by, at=at, clinic=clinic, page=page, people=people
        )
