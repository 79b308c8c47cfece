from medications.models.decisions import MedicationDecision
from medications.models.medicines import Medication
from medications.models.toxicology import ToxicologyResult
from medications.models.treatment import (
    DoseEvent,
    Regimen,
    _Days,  # noqa: F401 - the first migration names it here
)

__all__ = [
    "DoseEvent",
    "Medication",
    "MedicationDecision",
    "Regimen",
    "ToxicologyResult",
]
