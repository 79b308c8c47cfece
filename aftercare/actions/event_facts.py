"""Facts that an event changes, written where they live: the home in the person's details,
a pregnancy in the answers. What stood before is kept, to be put back."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.models import CareEvent
from assessments.actions.bedside import answer_beside
from assessments.intake.catalogue import question_of
from assessments.intake.reading import NOT_KNOWN
from assessments.intake.submission import Submission
from assessments.models import Intake, IntakeAnswer
from knowledge.schedule.pathways import EventKind, kinds_ended_by, pathways
from patients.actions.registry import change_details
from patients.models import Patient

HOME, PREGNANCY = "is_unhoused", "pregnancy"
PREGNANT: Mapping[EventKind, bool] = {
    EventKind.PREGNANCY_BEGUN: True,
    EventKind.PREGNANCY_ENDED: False,
}
YES_NO = {True: "yes", False: "no"}


def write_facts(event: CareEvent, *, by: Staff, at: datetime) -> dict[str, object]:
    """Write what this event changes, unless a later one speaks against it; what stood."""
    kind = event.event_kind
    if kind is EventKind.HOUSING_LOST:
        return _home_lost(event, by, at)
    if kind in PREGNANT and not _is_over(event):
        stood = _answer(event.patient)
        before = stood.value if stood and stood.is_known else None
        if before is PREGNANT[kind]:
            return {}
        _say(event.patient, YES_NO[PREGNANT[kind]], by, at)
        return {PREGNANCY: before}
    return {}


def put_back(event: CareEvent, *, by: Staff, at: datetime) -> None:
    """Put back what stood, where it still says what the event wrote."""
    before, patient = event.stood_before, event.patient
    if HOME in before and patient.is_unhoused is True:
        change_details(patient=patient, details={HOME: before[HOME]}, by=by, at=at)
    if PREGNANCY in before:
        stood = _answer(patient)
        if stood and stood.value is PREGNANT[event.event_kind]:
            _say(patient, YES_NO.get(before[PREGNANCY], NOT_KNOWN), by, at)


def _home_lost(event: CareEvent, by: Staff, at: datetime) -> dict[str, object]:
    """Of long ago it says nothing of today."""
    patient = event.patient
    days = (clinic_day(patient.clinic, at) - event.happened_on).days
    about = pathways()[EventKind.HOUSING_LOST].about
    if patient.is_unhoused is True or not about.is_dangerous(days_since=days):
        return {}
    before = patient.is_unhoused
    change_details(patient=patient, details={HOME: True}, by=by, at=at)
    return {HOME: before}


def _is_over(event: CareEvent) -> bool:
    """Whether a later event of the other sort is on record."""
    kind = event.event_kind
    enders = [one for one in PREGNANT if kind in kinds_ended_by(one)]
    others = enders or list(kinds_ended_by(kind))
    later = CareEvent.objects.in_force().filter(
        patient=event.patient, kind__in=others, happened_on__gt=event.happened_on
    )
    return later.exists()


def _answer(patient: Patient) -> IntakeAnswer | None:
    said = IntakeAnswer.objects.filter(patient=patient, question=PREGNANCY)
    return said.order_by("-answered_at", "-pk").first()


def _say(patient: Patient, value: str, by: Staff, at: datetime) -> None:
    said = _submission(patient, value)
    question = question_of(PREGNANCY)
    answer_beside(patient=patient, question=question, said=said, by=by, at=at)


def _submission(patient: Patient, value: str) -> Submission:
    open_now = IntakeAnswer.objects.filter(
        patient=patient, question=PREGNANCY, intake__status=Intake.Status.IN_PROGRESS
    )
    revision = open_now.values_list("revision", flat=True).first()
    if value == NOT_KNOWN:
        return Submission(state=NOT_KNOWN, revision=revision, is_there=True)
    return Submission(values=(value,), revision=revision, is_there=True)
