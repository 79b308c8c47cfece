from patients.models.health import Allergy, Condition, Icd10Code, OtherMedicine
from patients.models.people import (
    CareTeamMember,
    ContactPoint,
    PageLanguage,
    Patient,
    PatientQuerySet,
    StatusChange,
    SupportPerson,
)
from patients.models.visits import Visit
