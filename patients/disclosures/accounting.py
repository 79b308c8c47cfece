"""Lists of disclosures: for staff, and as the person may ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge.consents.content import grounds, period, purposes, section_titles
from patients.models import Disclosure, Patient

YEAR = timedelta(days=365)
WITHIN = (Disclosure.Ground.INSIDE, Disclosure.Ground.OWN_COPY)


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One row of the list, in words."""

    row: Disclosure

    @property
    def what(self) -> str:
        return section_titles(self.row.sections)

    @property
    def ground(self) -> str:
        return grounds()[self.row.ground].title

    @property
    def why(self) -> str:
        return self.row.purpose_words or str(self.row.get_purpose_display())


def disclosures_of(patient: Patient, *, at: datetime) -> list[DisclosureLine]:
    """Everything in as many years as a list reaches back, newest first."""
    since = at - YEAR * period("list_years_hipaa")
    rows = Disclosure.objects.filter(patient=patient, made_at__gte=since)
    return [DisclosureLine(row) for row in rows.select_related("consent", "made_by")]


def list_by_consent(
    lines: Sequence[DisclosureLine], *, at: datetime
) -> list[DisclosureLine]:
    """42 CFR 2.25: everything told by consent in the three years before."""
    since = at - YEAR * period("list_years")
    return [
        one
        for one in lines
        if not one.row.is_stopped
        and one.row.ground == Disclosure.Ground.CONSENT
        and one.row.made_at >= since
    ]


def list_without_consent(lines: Sequence[DisclosureLine]) -> list[DisclosureLine]:
    """45 CFR 164.528: six years, without what was authorized or was for treatment,
    payment or operations."""
    return [
        one
        for one in lines
        if not one.row.is_stopped
        and grounds()[one.row.ground].told_to_person
        and not (one.row.ground != "emergency" and purposes()[one.row.purpose].tpo)
    ]


def outside(lines: Sequence[DisclosureLine]) -> list[DisclosureLine]:
    """What left the clinic, or was stopped on its way."""
    return [one for one in lines if one.row.is_stopped or one.row.ground not in WITHIN]
