"""The two demo clinics and who works there."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import actions
from accounts.models import Clinic, Staff
from accounts.permissions import Role

# For trying the product on one's own machine: everybody may know it.
PASSWORD = "harbor lights at seven"  # noqa: S105 - the demo's, printed on purpose


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody on the demo's staff, with the roles at each clinic."""

    name: str
    credentials: str
    email: str
    otp: tuple[str, ...] = ()
    office: tuple[str, ...] = ()


STAFF = (
    DemoStaff(
        "Ines Marchetti",
        "MD",
        "ines@demo.example",
        otp=(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR),
    ),
    DemoStaff(
        "Samir Haddad",
        "NP",
        "samir@demo.example",
        otp=(Role.PRESCRIBER,),
        office=(Role.PRESCRIBER,),
    ),
    DemoStaff("Tomás Iglesias", "LCSW", "tomas@demo.example", otp=(Role.CLINICIAN,)),
    DemoStaff("Priya Nair", "RN", "priya@demo.example", otp=(Role.CARE_MANAGER,)),
    DemoStaff(
        "Ada Okafor", "", "ada@demo.example", otp=(Role.ADMIN,), office=(Role.ADMIN,)
    ),
    DemoStaff(
        "Ruth Calloway",
        "MD",
        "ruth@demo.example",
        office=(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR),
    ),
    DemoStaff("Ben Aoki", "LMHC", "ben@demo.example", office=(Role.CLINICIAN,)),
    DemoStaff(
        "Marisol Vega", "RN", "marisol@demo.example", office=(Role.CARE_MANAGER,)
    ),
)
# One sign-in a role, for the first look.
SIGN_INS = (
    ("Prescriber, medical director", "ines@demo.example"),
    ("Clinician", "tomas@demo.example"),
    ("Care manager", "priya@demo.example"),
    ("Admin", "ada@demo.example"),
    ("Prescriber at both clinics", "samir@demo.example"),
)


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
    )
    office = Clinic.objects.create(
        name="Elm Road Practice", is_rems_certified=True, mrn_prefix="101", next_mrn=301
    )
    staff = {person.email: _hire(person, otp, office, at) for person in STAFF}
    return (
        Team(
            otp,
            staff["ines@demo.example"],
            staff["tomas@demo.example"],
            staff["priya@demo.example"],
        ),
        Team(
            office,
            staff["ruth@demo.example"],
            staff["ben@demo.example"],
            staff["marisol@demo.example"],
        ),
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
