from medications.models.decisions import MedicationDecision
from medications.models.editions import KnowledgeEdition
from medications.models.house import ImpactChange, ImpactRun, RuleStance
from medications.models.talks import AidText, DecisionTalk
from medications.models.toxicology import ToxicologyResult
from medications.models.treatment import (
    DoseEvent,
    Regimen,
    _Days,  # noqa: F401 - the first migration names it here
)

__all__ = [
    "AidText",
    "DecisionTalk",
    "DoseEvent",
    "ImpactChange",
    "ImpactRun",
    "KnowledgeEdition",
    "MedicationDecision",
    "Regimen",
    "RuleStance",
    "ToxicologyResult",
]
