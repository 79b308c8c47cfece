"""Outgoing papers and files: disclosures as the door that makes them reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from accounts.access import StaffRequest
from accounts.doors import row_of_clinic
from accounts.tenancy import clinic_day
from knowledge.consents.content import notices, section_titles
from patients.consents.reader import ConsentOnDay, consents_of
from patients.disclosures.gate import scope_of
from patients.models import Disclosure, Patient


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One disclosure that was let out today, with what goes along."""

    disclosure: Disclosure
    scope: Sequence[str]
    consent_text: str

    def holds(self, section: str) -> bool:
        """Whether this part of the record may stand in it."""
        return section in self.disclosure.sections

    @property
    def notice(self) -> str:
        """The statement of 2.32, word for word; empty on the person's own copy."""
        found = notices().get(self.disclosure.notice)
        return found.text if found else ""

    @property
    def is_notice_draft(self) -> bool:
        found = notices().get(self.disclosure.notice)
        return found is not None and found.draft

    @property
    def for_whom(self) -> str:
        row = self.disclosure
        return f"{row.recipient}: {row.get_purpose_display().lower()}"

    @property
    def withheld_words(self) -> str:
        """What the consent does not name, and so is left out."""
        return section_titles(self.disclosure.withheld)

    @property
    def lines(self) -> list[str]:
        """All that goes along, for a file: for whom, the statement, the scope."""
        given = f"Given to {self.for_whom} ({self.disclosure.get_ground_display()})"
        return [line for line in (given, self.notice, *self.scope) if line]


def outgoing_of(
    request: StaffRequest,
    patient: Patient,
    pk: int,
    *things: str,
    row: int | None = None,
) -> Outgoing | None:
    """What was let out today of these things, or a 404; None where its day is over.

    A paper is made on the day on which the gate was asked: what was taken back since
    asks again.
    """
    rows = Disclosure.objects.filter(patient=patient, thing__in=things, thing_row=row)
    found: Disclosure = row_of_clinic(
        request, rows.select_related("consent"), pk=pk, is_stopped=False
    )
    found.patient = patient
    standing = _standing(request, found)
    is_of_today = clinic_day(request.acting.clinic, found.made_at) == request.today
    if not is_of_today or (standing is not None and not standing.lets(found.recipient)):
        return None
    return outgoing_from(found, standing)


def _standing(request: StaffRequest, row: Disclosure) -> ConsentOnDay | None:
    if row.consent_id is None:
        return None
    every = consents_of(row.patient, at=request.at)
    found = next((one for one in every if one.consent.pk == row.consent_id), None)
    if found is None:
        raise Http404
    return found


def outgoing_from(row: Disclosure, standing: ConsentOnDay | None) -> Outgoing:
    """The same from a row that is at hand."""
    if standing is None:
        return Outgoing(row, (), "")
    return Outgoing(row, scope_of(standing), standing.consent.text)
