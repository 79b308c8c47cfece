"""Effects of an answer on the record: lists and measurements."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.actions.measures import (
    mark_observation_in_error,
    record_observation,
)
from assessments.facts import folded
from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.submission import Reply
from assessments.intake_page.answers import IntakeAnswers
from assessments.models import Intake, IntakeAnswer, Observation
from assessments.observations.kinds import BY_CODE
from assessments.observations.reading import LabResult
from knowledge.names import recognise_allergen
from patients.actions import health
from patients.models import Allergy, OtherMedicine, Patient

CORRECTED = "Corrected in the intake"
LISTS = {"allergy": "allergy", "med_list": "medicine"}
STREET = " from the street"


class ListRefused(Refused):
    """The record says otherwise, and must be put right there first."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """One question about to be answered otherwise: what stands, what was seen, who."""

    answers: IntakeAnswers
    question: IntakeQuestion
    revision: int | None
    by: Staff
    at: datetime

    @property
    def before(self) -> IntakeAnswer | None:
        return self.answers.rows.get(self.question.key)

    @property
    def intake(self) -> Intake:
        return self.answers.intake


def answer_kept(change: ListChange, reply: Reply) -> None:
    """Carry a new answer into the record where the record holds the truth."""
    if _is_result(change.question):
        _unmeasure(change)
        _measure(change, reply)
    if change.question.key in LISTS and reply.is_known:
        _list(change, reply)


def answer_taken_back(change: ListChange) -> None:
    """Take out of the record what the answer put there."""
    if _is_result(change.question):
        _unmeasure(change)
    if change.question.key in LISTS:
        _end(change, names_in(change.before))


def names_in(answer: IntakeAnswer | None) -> set[str]:
    value = answer.value if answer is not None else None
    return (
        {ingredient(str(name)) for name in value} if isinstance(value, list) else set()
    )


def ingredient(name: str) -> str:
    """One spelling of what an entry stands for; what is bought on the street stands
    beside what is prescribed."""
    read = recognise_allergen(name)
    plain = " + ".join(read.ingredients) or folded(name).replace("_", " ")
    return plain + STREET if read.from_street else plain


def _is_result(question: IntakeQuestion) -> bool:
    """A number that was measured, or a test that is told in words."""
    measure = BY_CODE.get(question.key)
    return measure is not None and (
        question.kind is Ask.MEASURED or bool(measure.choices)
    )


def _result(question: IntakeQuestion, reply: Reply) -> LabResult | None:
    """None where nothing was measured: not known, not done, declined."""
    if not reply.is_known:
        return None
    if question.kind is Ask.MEASURED:
        value = Decimal(str(reply.number))
        return LabResult(question.key, value, comparator=reply.sign)
    word = str(reply.value)
    is_told = word in BY_CODE[question.key].choices
    return LabResult(question.key, text=word) if is_told else None


def _measure(change: ListChange, reply: Reply) -> None:
    result = _result(change.question, reply)
    if result is None:
        return
    nth = _measured(change).count() + 1
    record_observation(
        patient=change.intake.patient,
        **asdict(result),
        effective_at=_noon(change, reply.on),
        source="intake",
        source_key=f"intake:{change.intake.pk}:{change.question.key}:{nth}",
        by=change.by,
        at=change.at,
    )


def _noon(change: ListChange, on: date | None) -> datetime:
    """A day without an hour stands for its noon; today, for now."""
    clinic = change.intake.patient.clinic
    if on is None or on == clinic_day(clinic, change.at):
        return change.at
    return datetime.combine(on, time(12), tzinfo=ZoneInfo(clinic.time_zone))


def _measured(change: ListChange) -> QuerySet[Observation]:
    intake = change.intake
    return Observation.objects.filter(
        patient=intake.patient_id,
        source_key__startswith=f"intake:{intake.pk}:{change.question.key}:",
    )


def _unmeasure(change: ListChange) -> None:
    for observation in _measured(change).filter(error_at=None):
        mark_observation_in_error(
            observation=observation, reason=CORRECTED, by=change.by, at=change.at
        )


def _list(change: ListChange, reply: Reply) -> None:
    """New names join the list; what the answer before had put there and this one
    leaves out is taken off it."""
    patient, key = change.intake.patient, change.question.key
    raw = reply.value if isinstance(reply.value, list) else []
    names = {ingredient(str(name)): str(name) for name in raw}
    _end(change, names_in(change.before) - names.keys())
    standing = {ingredient(_text(e)) for e in _current(patient, key)}
    for plain, name in names.items():
        if plain not in standing:
            values = _values(key, plain, name)
            health.list_entry(
                patient=patient,
                kind=LISTS[key],
                values=values,
                by=change.by,
                at=change.at,
            )
    if key == "allergy" and not names:
        _no_allergies(patient, change.by, change.at)


def _no_allergies(patient: Patient, by: Staff, at: datetime) -> None:
    try:
        health.note_no_known_allergies(patient=patient, by=by, at=at)
    except health.AlreadyListed as refusal:
        raise ListRefused(str(refusal)) from None


def _end(change: ListChange, names: set[str]) -> None:
    """What this intake itself wrote down is corrected: it never held. What stood
    before has ended."""
    patient, key = change.intake.patient, change.question.key
    for entry in _current(patient, key):
        if ingredient(_text(entry)) in names:
            is_own = entry.recorded_at >= change.intake.started_at
            act = health.remove_entry if is_own else health.end_entry
            act(entry=entry, kind=LISTS[key], by=change.by, at=change.at)


def _current(patient: Patient, key: str) -> list[Allergy] | list[OtherMedicine]:
    if key == "allergy":
        return list(patient.allergies.filter(is_current=True))
    return list(patient.other_medicines.filter(is_current=True))


def _text(entry: Allergy | OtherMedicine) -> str:
    if isinstance(entry, OtherMedicine):
        return entry.ingredient
    return entry.substance if entry.kind == Allergy.Kind.OTHER else entry.kind


def _values(key: str, plain: str, name: str) -> dict[str, object]:
    if key == "med_list":
        return {"ingredient": name}
    kinds = {ingredient(kind): kind for kind in Allergy.Kind.values}
    kind = kinds.get(plain, Allergy.Kind.OTHER.value)
    return {"kind": kind, "substance": name}
