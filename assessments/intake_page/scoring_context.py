"""Context of scoring besides the answers, as far as the record knows it."""

from datetime import datetime

from accounts.tenancy import clinic_clock, clinic_day
from assessments.intake_page.answers import age_and_sex
from assessments.models import Assessment
from knowledge.instruments.registry import Instrument
from patients.models import Patient

SEX, SAME_DAY_COWS = "sex", "cows_same_day"


def context_known(
    patient: Patient, declared: Instrument, *, at: datetime
) -> dict[str, object]:
    """Only what this instrument asks for; what nobody knows is left out."""
    asked = {question.key for question in declared.context}
    day = clinic_clock(patient.clinic, at)
    known: dict[str, object] = {}
    if SEX in asked:
        known[SEX] = age_and_sex(patient, on=clinic_day(patient.clinic, at))[SEX]
    if SAME_DAY_COWS in asked:
        known[SAME_DAY_COWS] = _cows_on(patient, day)
    return {key: value for key, value in known.items() if value is not None}


def _cows_on(patient: Patient, day: datetime) -> int | None:
    """The highest withdrawal score of the clinic's day."""
    begins = day.replace(hour=0, minute=0, second=0, microsecond=0)
    scores = Assessment.objects.in_force().filter(
        patient=patient,
        instrument="cows",
        total__isnull=False,
        given_at__range=(begins, day),
    )
    highest = scores.order_by("-total").values_list("total", flat=True).first()
    return None if highest is None else int(highest)
