from assessments.models.concerns import Concern
from assessments.models.drafts import AssessmentDraft, Handover
from assessments.models.intake import Intake, IntakeAnswer, IntakePresence
from assessments.models.measures import Assessment, AssessmentQuerySet
from assessments.models.observations import Observation, ResultsFile
