"""Moving a person to another site: told there by consent, ended here, owed at both."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.access import may_at
from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from accounts.sites import at_site
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import FollowUpWindow, add_follow_up
from aftercare.actions.move_content import (
    ALLERGIES,
    MEDICINE,
    PARTS,
    REGISTRATION,
    TREATMENT,
    MoveContent,
    MoveGround,
    content_of,
    ground_of,
)
from aftercare.models import FollowUp, SiteMove
from aftercare.models.site_moves import FIRST_VISIT
from knowledge.wording.dates import whole_day
from patients.actions import health, registry
from patients.actions.disclosures import give_out
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.outgoing import outgoing_from
from patients.models import Disclosure, Patient, StatusChange

# What a person needs to be allowed at both clinics.
NEEDED = (Permission.PATIENT_EDIT, Permission.DISCLOSE)
THING = "site_move"
# How far ahead an open day is looked for.
SEARCHED = timedelta(days=14)
DAY = timedelta(days=1)
LONGEST_SOURCE, LONGEST_REASON = 80, 300


class NotInCareHere(Refused):
    """Somebody who has left, or died, is not moved."""


class ClosedChart(Refused):
    """A chart that the team alone opens would be open to everybody there."""


class NotAsPreviewed(Refused):
    """What would go along is no longer what was on the page."""


@dataclass(frozen=True, slots=True)
class MoveOutcome:
    """What came of it: how the gate ruled, and the person as registered there."""

    disclosure: Disclosure
    person: Patient | None = None


@dataclass(frozen=True, slots=True)
class _Move:
    """One move under way."""

    patient: Patient
    site: Clinic
    content: MoveContent
    parts: tuple[str, ...]
    by: Staff
    at: datetime

    @property
    def source(self) -> str:
        """Whence something was told; nobody confirmed it."""
        on = whole_day(clinic_day(self.patient.clinic, self.at))
        end = f" on {on}, not confirmed"
        name = self.patient.clinic.name[: LONGEST_SOURCE - len(end) - len("told by ")]
        return f"told by {name}{end}"


@transaction.atomic
def move_to_site(
    *,
    patient: Patient,
    site: Clinic,
    parts: Collection[str],
    shown: str,
    reason: str = "",
    unlike: Collection[int] = (),
    by: Staff,
    at: datetime,
) -> MoveOutcome:
    """Register a person at another site with the `parts` that the consent lets go along,
    and end the care here; what the gate stops is written down, and moves nothing.

    Refused where somebody there may be the same person, but for those in `unlike`.
    """
    for clinic in (patient.clinic, site):
        if not all(may_at(by, clinic.pk, needed) for needed in NEEDED):
            raise RightMissing(f"You may not move people at {clinic.name}.")
    patient = _held(patient)
    content = content_of(patient, at=at)
    if shown != content.digest:
        raise NotAsPreviewed(
            "Nothing was moved: the record has changed since this page was loaded. It"
            " is shown as it is now."
        )
    ground = ground_of(patient, site, at=at)
    told = _told(patient, site, ground, parts, by, at)
    if told.is_stopped:
        return MoveOutcome(told)
    gone = tuple(
        key
        for key, part in PARTS.items()
        if part.section in told.sections and (key in parts or key == REGISTRATION)
    )
    move = _Move(patient, site, content, gone, by, at)
    goes_with_it = outgoing_from(told, ground.standing if ground else None).lines
    person, first_visit_on = _register(move, goes_with_it, unlike)
    _end_here(move, told, reason, first_visit_on)
    return MoveOutcome(told, person)


def _held(patient: Patient) -> Patient:
    """The person's row, held until the end, in care here and open to the staff."""
    rows = Patient.objects.select_related("clinic").in_care()
    held = rows.select_for_update(of=("self",)).filter(pk=patient.pk).first()
    if held is None:
        raise NotInCareHere("This person is not in care here any more.")
    if held.open_restriction is not None:
        raise ClosedChart(
            "This chart is closed to all but the team here. Register the person there"
            " by hand, close the chart there, then change the status here."
        )
    return held


def _told(
    patient: Patient,
    site: Clinic,
    ground: MoveGround | None,
    parts: Collection[str],
    by: Staff,
    at: datetime,
) -> Disclosure:
    """The disclosure, as the gate lets it out or stops it."""
    wanted = {REGISTRATION, *parts} & set(PARTS)
    asked = DisclosureAsked(
        thing=THING,
        sections=tuple(sorted({PARTS[key].section for key in wanted})),
        least=(PARTS[REGISTRATION].section,),
        way=Disclosure.Way.ELECTRONIC,
        recipient=ground.recipient if ground else site.name,
        address=f"{site.name} {site.address}".strip()[:200],
        purpose=TREATMENT,
        purpose_words=f"Moves to {site.name}",
        ground=Disclosure.Ground.CONSENT,
    )
    consent = ground.consent if ground else None
    return give_out(patient=patient, asked=asked, consent=consent, by=by, at=at)


def _register(
    move: _Move, goes_with_it: list[str], unlike: Collection[int]
) -> tuple[Patient, date]:
    """The person as a referral there, with what was told; and the day of the first visit."""
    sender, by, at = move.patient.clinic, move.by, move.at
    with at_site(move.site, by=by):
        today = clinic_day(move.site, at)
        person = registry.register_patient(
            clinic=move.site,
            details={
                **move.content.details,
                "referred_by": sender.name,
                "referral_reason": f"Moved from {sender.name}",
            },
            referred_on=today,
            unlike=unlike,
            by=by,
            at=at,
        )
        _write_lists(move, person)
        told = move.content.told(move.parts)
        SiteMove.objects.create(
            clinic=move.site,
            patient=person,
            direction=SiteMove.Direction.IN,
            other_clinic=sender,
            parts=list(move.parts),
            told={**told, "goes_with_it": goes_with_it, "source": move.source},
            moved_at=at,
            moved_by=by,
        )
        first_visit_on = _next_open(move.site, today + DAY)
        _owe(
            person,
            kind="visit",
            title=FIRST_VISIT,
            window=FollowUpWindow(today, first_visit_on, first_visit_on),
            reason=_first_visit_reason(move),
            by=by,
            at=at,
        )
        audit.record("patient.moved_in", person, by=by, at=at, site=sender.name)
    return person, first_visit_on


def _write_lists(move: _Move, person: Patient) -> None:
    """Each entry of a list is an entry there, which says whence it was told; that none
    are known counts from the day on which it was asked."""
    has_source = ("condition", "allergy", "medicine")
    for key in move.parts:
        kind = PARTS[key].kind
        source = {"source": move.source} if kind in has_source else {}
        for values in move.content.entries.get(kind, ()):
            health.list_entry(
                patient=person,
                kind=kind,
                values={**values, **source},
                by=move.by,
                at=move.at,
            )
    asked_at = move.content.no_allergies_at
    if ALLERGIES in move.parts and asked_at is not None:
        health.note_no_known_allergies(
            patient=person, asked_at=asked_at, by=move.by, at=move.at
        )


def _first_visit_reason(move: _Move) -> str:
    """Medicine as it was told, where the consent lets it go along."""
    treatment = move.content.treatment if MEDICINE in move.parts else []
    words = ". ".join(treatment) or "Ask what they take"
    return f"Moved from {move.patient.clinic.name}. Not confirmed: {words}."[
        :LONGEST_REASON
    ]


def _end_here(move: _Move, told: Disclosure, reason: str, first_visit_on: date) -> None:
    """End what is owed here with the care, and owe one call: did they arrive?"""
    patient, site, by, at = move.patient, move.site, move.by, move.at
    closed = (
        FollowUp.objects.open()
        .filter(patient=patient)
        .update(
            status=FollowUp.Status.CANCELLED,
            closed_at=at,
            closed_by=by,
            outcome=f"Moved to {site.name}.",
        )
    )
    audit.record("follow_ups.settled", patient, by=by, at=at, closed=closed)
    registry.change_status(
        patient=patient,
        status=Patient.Status.DISCHARGED,
        discharge_class=StatusChange.DischargeClass.TRANSFER,
        reason=f"Moved to {site.name}. {reason}".strip(),
        by=by,
        at=at,
    )
    today = clinic_day(patient.clinic, at)
    call_on = _next_open(patient.clinic, max(first_visit_on, today) + DAY)
    _owe(
        patient,
        kind="call",
        title=f"Heard that they arrived at {site.name}?"[:160],
        window=FollowUpWindow(today, call_on, call_on),
        reason=f"First visit there: {whole_day(first_visit_on)}.",
        by=by,
        at=at,
    )
    SiteMove.objects.create(
        clinic=patient.clinic,
        patient=patient,
        direction=SiteMove.Direction.OUT,
        other_clinic=site,
        disclosure=told,
        parts=list(move.parts),
        moved_at=at,
        moved_by=by,
    )
    audit.record("patient.moved_out", patient, by=by, at=at, site=site.name)


def _owe(
    patient: Patient,
    *,
    kind: str,
    title: str,
    window: FollowUpWindow,
    reason: str,
    by: Staff,
    at: datetime,
) -> None:
    """Owed by who moved them, who works at both: on somebody's list by name."""
    add_follow_up(
        patient=patient,
        kind=kind,
        title=title,
        window=window,
        assigned_role=FollowUp.AssignedRole.CARE_MANAGER,
        assigned_to=by,
        reason=reason,
        by=by,
        at=at,
    )


def _next_open(clinic: Clinic, day: date) -> date:
    """The day itself where the clinic is open, else the next day on which it is."""
    return open_days_of(clinic).within(day, day, day + SEARCHED)


@transaction.atomic
def note_alike(
    *, people: Collection[Patient], site: Clinic, by: Staff, at: datetime
) -> None:
    """Write down there that these people were seen as maybe the same person."""
    with at_site(site, by=by):
        registry.note_list(
            people=sorted(one.pk for one in people),
            page="maybe the same person",
            clinic=site,
            by=by,
            at=at,
        )
