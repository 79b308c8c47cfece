"""Details of a person in which two of their records differ, and what is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from patients.models import Patient

KEPT, GONE = "kept", "gone"
LABELS = {
    "given_name": "Given name",
    "family_name": "Family name",
    "used_name": "Name they use",
    "pronouns": "Pronouns",
    "date_of_birth": "Date of birth",
    "sex_at_birth": "Sex recorded at birth",
    "gender": "Gender",
    "language": "Language",
    "needs_interpreter": "Needs an interpreter",
    "address": "Address",
    "is_unhoused": "Without a home now",
    "payer": "Who pays",
    "referred_by": "Referred by",
    "referral_reason": "Referred because",
}
UNKNOWN = {"sex_at_birth": Patient.Sex.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Difference:
    """One detail, as each record has it; `proposed` is the record that knows it."""

    column: str
    label: str
    kept: str
    gone: str
    proposed: str


def differences(kept: Patient, gone: Patient) -> list[Difference]:
    """What has to be chosen: unknown in one record is no answer to what the other says."""
    return [
        Difference(
            column,
            label,
            _worded(kept, column),
            _worded(gone, column),
            GONE if _is_unknown(kept, column) else KEPT,
        )
        for column, label in LABELS.items()
        if getattr(kept, column) != getattr(gone, column)
        and not _is_unknown(gone, column)
    ]


def _is_unknown(patient: Patient, column: str) -> bool:
    value = getattr(patient, column)
    return value is None or value in ("", UNKNOWN.get(column))


def _worded(patient: Patient, column: str) -> str:
    value = getattr(patient, column)
    if _is_unknown(patient, column):
        return "Not known"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    shown = getattr(patient, f"get_{column}_display", None)
    return str(shown() if shown else value)


def chosen(gone: Patient, choices: Mapping[str, object]) -> dict[str, object]:
    """Of these choices, the values that are taken from the record that goes."""
    return {
        column: getattr(gone, column)
        for column in LABELS
        if choices.get(column) == GONE
    }
