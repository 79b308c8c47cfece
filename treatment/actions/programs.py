"""Limits of the clinic: what only an opioid treatment program may order and give."""

from accounts.refusals import Refused
from knowledge.medicines import medicines
from patients.models import Patient

# Formulary, methadone, products: for opioid use disorder only through a program.
PROGRAM_ONLY = "methadone"


class NotAProgram(Refused):
    """Ordered or given by a clinic that may not."""

    field = "medication"


def refuse_outside_program(patient: Patient, medication: str) -> None:
    """Refuse what this clinic, being no opioid treatment program, may not give."""
    is_bound = medicines()[medication].ingredient == PROGRAM_ONLY
    if is_bound and not patient.clinic.is_otp:
        raise NotAProgram(
            "Methadone for opioid use disorder is ordered and given only by an opioid"
            " treatment program, which this clinic is not. Refer to one."
        )
