from accounts.models import PageLanguage
from patients.models.chart_access import (
    ChartRestriction,
    EmergencyOpening,
    EmergencyOpeningQuerySet,
    OpeningAlert,
    OpeningReview,
)
from patients.models.consents import Consent, ConsentEnd, ConsentQuerySet
from patients.models.deaths import DeathRecord, DeathRecordQuerySet
from patients.models.disclosures import Disclosure, DisclosureListRequest
from patients.models.episodes import CareHold, CareLeaving, Episode, LeavingClass
from patients.models.health import Allergy, Condition, Icd10Code, OtherMedicine
from patients.models.merges import APART_WITHIN, MergedDetail, MergedRows, PersonMerge
from patients.models.people import (
    CareTeamMember,
    ContactPoint,
    Patient,
    PatientQuerySet,
    StatusChange,
    SupportPerson,
)
from patients.models.visits import Visit
