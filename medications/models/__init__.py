from medications.models.decisions import MedicationDecision
from medications.models.editions import KnowledgeEdition
from medications.models.rule_signoffs import ImpactChange, ImpactRun, RuleSignOff
from medications.models.subject_signoffs import SubjectSignOff
from medications.models.talks import AidText, DecisionTalk
