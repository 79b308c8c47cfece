"""The caseloads of all clinics where one person works, as one list."""

from dataclasses import dataclass
from datetime import datetime

from accounts.access import Acting
from accounts.models import Clinic
from accounts.permissions import Permission
from accounts.sites import at_site, sites_of
from accounts.tenancy import day_here
from aftercare.record.covers import covers_of
from patients.actions.registry import note_list
from reports.caseload.rows import CaseloadQuery, people
from reports.caseload.wording import CaseloadRow, shown


@dataclass(frozen=True, slots=True)
class RowElsewhere:
    """One row, and at which clinic it stands."""

    clinic: Clinic
    row: CaseloadRow


@dataclass(frozen=True, slots=True)
class CommonCaseload:
    """The most dangerous of each clinic, the most dangerous of all first."""

    rows: list[RowElsewhere]
    # Clinics that have more people than are shown here.
    more_at: list[Clinic]
    clinics: list[Clinic]


def common_caseload(
    acting: Acting, asked: CaseloadQuery, *, at: datetime
) -> CommonCaseload:
    """Each clinic is asked by itself, under the rights this person has there, and each
    keeps in its own audit that its people were seen."""
    rows: list[RowElsewhere] = []
    more_at: list[Clinic] = []
    clinics: list[Clinic] = []
    for there in sites_of(
        acting, Permission.CASELOAD_VIEW, Permission.PATIENT_VIEW, on=day_here(at)
    ):
        with at_site(there.clinic, by=acting.staff):
            covers = covers_of(acting.staff.pk, there.clinic.pk, on=day_here(at))
            found, has_more = people(there, asked, at=at, covers=covers)
            note_list(
                people=sorted(one.patient_id for one in found),
                page="caseload of several clinics",
                clinic=there.clinic,
                by=acting.staff,
                at=at,
            )
            rows += [
                RowElsewhere(there.clinic, shown(one, there, at=at)) for one in found
            ]
        clinics.append(there.clinic)
        more_at += [there.clinic] * has_more
    rows.sort(key=lambda one: one.row.person.order)
    return CommonCaseload(rows, more_at, clinics)
