from assessments.models.concerns import Concern
from assessments.models.intake import Intake, IntakeAnswer
from assessments.models.measures import Assessment, AssessmentQuerySet
from assessments.models.observations import Observation

__all__ = [
    "Assessment",
    "AssessmentQuerySet",
    "Concern",
    "Intake",
    "IntakeAnswer",
    "Observation",
]
