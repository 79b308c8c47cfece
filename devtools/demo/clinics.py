"""The two demo clinics and who works there."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts import actions
from accounts.models import Clinic, Staff
from accounts.permissions import Role
from devtools.demo.content import DEMO, DemoStaff

# For trying the product on one's own machine: everybody may know it.
PASSWORD = "harbor lights at seven"  # noqa: S105 - the demo's, printed on purpose


# One sign-in a role, for the first look.
SIGN_INS = tuple((one.sign_in, one.email) for one in DEMO.staff if one.sign_in)


@dataclass(frozen=True, slots=True)
class Team:
    """A clinic with somebody for each part of the work."""

    clinic: Clinic
    prescriber: Staff
    clinician: Staff
    care_manager: Staff


@transaction.atomic
def open_clinics(*, at: datetime) -> tuple[Team, Team]:
    """Make both clinics and everybody who works there."""
    otp = Clinic.objects.create(
        name="Harbor Street Clinic",
        is_otp=True,
        is_rems_certified=True,
        mrn_prefix="004",
        next_mrn=1101,
        address="12 Harbor Street, Portsmouth, NY 10999",
        phone="555-010-0300",
        after_hours_phone="555-010-0400",
        state="NY",
        program_number="NY-10482-M",
        program_until=date(at.year + 1, 12, 31),
        accreditor=Clinic.Accreditor.CARF,
        accredited_until=date(at.year + 2, 6, 30),
        sponsor="Harbor Street Health, Inc.",
        duty_role=Role.PRESCRIBER,
    )
    office = Clinic.objects.create(
        name="Elm Road Practice",
        is_rems_certified=True,
        mrn_prefix="101",
        next_mrn=301,
        address="8 Elm Road, Portsmouth, NY 10999",
        phone="555-010-0500",
        after_hours_phone="555-010-0600",
        state="NY",
        duty_role=Role.PRESCRIBER,
    )
    staff = {one.email: _hire(one, otp, office, at) for one in DEMO.staff}

    def team(clinic: Clinic, *names: str) -> Team:
        return Team(clinic, *(staff[f"{name}@demo.example"] for name in names))

    return (
        team(otp, "ines", "tomas", "priya"),
        team(office, "ruth", "ben", "marisol"),
    )


def _hire(person: DemoStaff, otp: Clinic, office: Clinic, at: datetime) -> Staff:
    staff: Staff | None = None
    for clinic, roles in ((otp, person.otp), (office, person.office)):
        if roles:
            staff = actions.invite_staff(
                clinic=clinic,
                email=person.email,
                name=person.name,
                credentials=person.credentials,
                roles=roles,
                by=None,
                at=at,
            )
    assert staff is not None  # noqa: S101 - everybody works somewhere
    actions.set_password(staff=staff, password=PASSWORD, at=at)
    return staff
