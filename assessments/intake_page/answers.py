"""Answers of one intake together, with what its conditions need to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessments.intake.progress import Kept, Wheel, given, wheels, whole
from assessments.models import Intake, IntakeAnswer
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class IntakeAnswers:
    """Every answer of one intake, by question, and what its conditions may look at."""

    intake: Intake
    on: date
    rows: dict[str, IntakeAnswer]
    known: dict[str, object]

    def with_answer(self, key: str, row: IntakeAnswer | None) -> "IntakeAnswers":
        """The same with one answer otherwise; None takes it out. Asks no database."""
        rows = {k: kept for k, kept in self.rows.items() if k != key}
        if row is not None:
            rows[key] = row
        return _together(self.intake, rows, self.intake.patient, self.on)

    @property
    def kept(self) -> dict[str, Kept]:
        return kept_of(self.rows)

    @property
    def wheels(self) -> dict[str, Wheel]:
        return wheels(self.kept, self.known)

    @property
    def wheel(self) -> Wheel:
        return whole(self.wheels)


def answers_of(intake: Intake, patient: Patient, *, on: date) -> IntakeAnswers:
    """Every answer of an intake, in one query."""
    answers = intake.answers.select_related("answered_by", "carried_from")
    rows = {row.question: row for row in answers}
    return _together(intake, rows, patient, on)


def _together(
    intake: Intake, rows: dict[str, IntakeAnswer], patient: Patient, on: date
) -> IntakeAnswers:
    known = given(kept_of(rows), age_and_sex(patient, on=on))
    return IntakeAnswers(intake, on, rows, known)


def kept_of(rows: Mapping[str, IntakeAnswer]) -> dict[str, Kept]:
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
