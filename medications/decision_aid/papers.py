"""The decision aid on paper, as things that the gate lets out."""

from django.urls import reverse

from patients.disclosures.things import GivenThing
from patients.disclosures.whom import PERSON
from patients.models import Disclosure, Patient

SHEET, FAMILY_SHEET = "aid_sheet", "family_sheet"


def _address(made: Disclosure) -> str:
    return reverse("medications:talk_sheet", args=[made.patient_id, made.pk])


def _is_of_everybody(_patient: Patient, row: int | None) -> bool:
    return row is None


# What the person picked and chose stands on it.
AID_SHEET = GivenThing(
    key=SHEET,
    title="Decision sheet on paper",
    way=Disclosure.Way.PAPER,
    sections=("in_care", "medicine"),
    least=("in_care", "medicine"),
    address=_address,
    is_of=_is_of_everybody,
    usual=PERSON,
)
# It says nothing of one person: to give it to somebody says that they are in care.
AID_FOR_FAMILY = GivenThing(
    key=FAMILY_SHEET,
    title="Sheet for family",
    way=Disclosure.Way.PAPER,
    sections=("in_care",),
    least=("in_care",),
    address=_address,
    is_of=_is_of_everybody,
)
