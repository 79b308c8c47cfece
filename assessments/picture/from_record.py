"""Facts from the record itself: registration, the clinic, allergies, medicines and
diagnoses."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from assessments.picture.from_diagnoses import CERTAIN, stated
from assessments.picture.sources import Stated, Subject
from knowledge.names import says_none
from patients.models import Allergy, Patient

ALLERGIES = frozenset(Allergy.Kind.values)
OTHER_ALLERGY = Allergy.Kind.OTHER.value
CONDITION, MEDICINE = "condition", "medicine"
LIST_OF = {CONDITION: "conditions", MEDICINE: "med_list"}
SEX = {"female": "female", "male": "male", "intersex": "other"}
REGISTERED = frozenset(["age", "sex", "housing", "rems", "is_otp", "otp_access"])
LISTED = frozenset(["allergy", "med_list", *(fact for fact, _ in CERTAIN.values())])


class RecordEntry(NamedTuple):
    """One line of the record's lists: allergy, condition or other medicine."""

    kind: str
    text: str
    recorded_at: datetime
    holds: bool = True


def registration_facts(subject: Subject) -> Iterator[Stated]:
    """What registration and the clinic say; housing from the day it was ticked."""
    patient, at = subject.patient, subject.at
    age = patient.age_on(subject.today)
    if age is not None:
        yield Stated("age", age, at, "date of birth")
    if patient.sex_at_birth in SEX:
        sex = SEX[patient.sex_at_birth]
        yield Stated("sex", sex, patient.registered_at, "registration")
    if patient.is_unhoused:
        told_at = patient.unhoused_at or patient.registered_at
        yield Stated("housing", "unhoused", told_at, "registration")
    yield Stated("rems", patient.clinic.is_rems_certified, at, "clinic")
    yield Stated("is_otp", patient.clinic.is_otp, at, "clinic")
    if patient.clinic.is_otp:
        yield Stated("otp_access", "yes", at, "clinic")


def record_facts(subject: Subject, entries: Iterable[RecordEntry]) -> Iterator[Stated]:
    """Allergies, other medicines and what diagnoses state for certain.

    A line that says that there are none, from before it was refused, states nothing:
    nobody asked for the whole list there.
    """
    every = [entry for entry in entries if not _says_none(entry)]
    listed = [entry for entry in every if entry.holds]
    allergies = [e for e in listed if e.kind in ALLERGIES]
    medicines = [e for e in listed if e.kind == MEDICINE]
    subject.emptied = {LIST_OF.get(e.kind, "allergy") for e in every} - {
        LIST_OF.get(e.kind, "allergy") for e in listed
    }
    yield from _allergies(subject.patient, allergies, every)
    yield from _medicines(medicines)
    yield from _conditions([e for e in listed if e.kind == CONDITION])


def _says_none(entry: RecordEntry) -> bool:
    return entry.kind in (MEDICINE, OTHER_ALLERGY) and says_none(entry.text)


def _allergies(
    patient: Patient, listed: list[RecordEntry], every: list[RecordEntry]
) -> Iterator[Stated]:
    """An empty list counts only where somebody asked: none known, or all ended."""
    asked_at = patient.allergies_asked_at
    was_asked = patient.no_known_allergies or any(e.kind in ALLERGIES for e in every)
    if listed:
        names = [e.text if e.kind == OTHER_ALLERGY else e.kind for e in listed]
        yield Stated("allergy", names, _latest(listed), "allergy list")
    elif was_asked and asked_at:
        yield Stated("allergy", [], asked_at, "allergy list")


def _medicines(listed: list[RecordEntry]) -> Iterator[Stated]:
    """What is listed adds; that nothing else is taken, only somebody asked can say."""
    if listed:
        names = [e.text for e in listed]
        yield Stated("med_list", names, _latest(listed), "medicine list", ())


def _conditions(listed: list[RecordEntry]) -> Iterator[Stated]:
    """A code adds what its title says, and answers nothing else."""
    for name, value in stated(e.text for e in listed).items():
        asked = tuple(sorted(value)) if isinstance(value, frozenset) else None
        yield Stated(name, value, _latest(listed), "diagnosis list", asked)


def _latest(entries: list[RecordEntry]) -> datetime:
    return max(entry.recorded_at for entry in entries)
