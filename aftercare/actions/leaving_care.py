"""Letting a person leave care, with what they take along and who calls afterwards."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from aftercare.actions.open_things import has_open_suicide_concern
from patients.actions.episodes import decline_contacts, leave_care
from patients.actions.status import held_with_episode
from patients.models import CareLeaving, Consent, Patient


class ConcernOpen(Refused):
    """Somebody's life is in question: that is answered before anybody leaves."""


class CallerMissing(Refused):
    """Contacts go on after leaving, and somebody makes them."""

    field = "called_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingTerms:
    """What was settled with the person for the time after."""

    own_words: str = ""
    notice: str = ""
    next_place: str = ""
    supply_until: date | None = None
    next_dose_on: date | None = None
    kit: str = ""
    called_by: Staff | None = None
    consent: Consent | None = None


@transaction.atomic
def let_go(
    *,
    patient: Patient,
    leaving_class: str,
    reason: str,
    on: date,
    terms: LeavingTerms,
    declines: bool = False,
    by: Staff,
    at: datetime,
) -> CareLeaving:
    """End the episode and keep what was settled; refused while a concern about suicide
    is open, and while nobody is named who calls."""
    patient, episode = held_with_episode(patient)
    if has_open_suicide_concern(patient):
        raise ConcernOpen(
            "A concern about suicide is open. Say first what was done about it."
        )
    if terms.called_by is None and not declines:
        raise CallerMissing("Name who calls afterwards, or that the person declines.")
    leave_care(
        patient=patient,
        leaving_class=leaving_class,
        reason=reason,
        notice=terms.notice,
        on=on,
        by=by,
        at=at,
    )
    leaving = CareLeaving.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        episode=episode,
        recorded_at=at,
        recorded_by=by,
        **{one.name: getattr(terms, one.name) for one in fields(terms)},
    )
    audit.record("care.leaving_settled", leaving, by=by, at=at, kit=terms.kit)
    if declines:
        decline_contacts(patient=patient, by=by, at=at)
    return leaving
