"""The answers of one intake, with what its conditions need to know of the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessments.intake.progress import Kept, Wheel, given, wheels, whole
from assessments.models import Intake, IntakeAnswer
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Paper:
    """One intake as it stands."""

    rows: dict[str, IntakeAnswer]
    known: dict[str, object]

    @property
    def answers(self) -> dict[str, Kept]:
        return kept(self.rows)

    @property
    def wheels(self) -> dict[str, Wheel]:
        return wheels(self.answers, self.known)

    @property
    def wheel(self) -> Wheel:
        return whole(self.wheels)


def paper_of(intake: Intake, patient: Patient, *, on: date) -> Paper:
    """Every answer of an intake, in one query."""
    answers = intake.answers.select_related("answered_by", "carried_from")
    rows = {row.question: row for row in answers}
    return Paper(rows, given(kept(rows), age_and_sex(patient, on=on)))


def kept(rows: Mapping[str, IntakeAnswer]) -> dict[str, Kept]:
    """The answers as progress and conditions look at them."""
    return {
        key: Kept(row.value, row.is_known, row.is_carried) for key, row in rows.items()
    }


def age_and_sex(patient: Patient, *, on: date) -> dict[str, object]:
    """What the conditions of questions need to know of a person."""
    sex = {"intersex": "other", "unknown": None}.get(
        patient.sex_at_birth, patient.sex_at_birth
    )
    return {
        "age": patient.age_on(on),
        "sex": sex,
        "payer": patient.payer or None,
        "is_otp": patient.clinic.is_otp,
    }
