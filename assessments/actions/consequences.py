"""What an answer does beside being kept: lists of the record, measurements."""

from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import Staff
from accounts.refusals import Refused
from assessments.actions.measures import (
    mark_observation_in_error,
    record_observation,
)
from assessments.facts import FACTS, folded
from assessments.intake.declaration import Ask, Question
from assessments.intake.reading import Reply
from assessments.models import Intake, IntakeAnswer, Observation
from patients.actions import health
from patients.models import Allergy, OtherMedicine, Patient

CORRECTED = "Corrected in the intake"
LISTS = {"allergy": "allergy", "med_list": "medicine"}
# Allergy kinds by the name that the vocabulary gives an ingredient.
KINDS = {
    str(FACTS["allergy"].words.get(kind, kind)).replace("_", " "): kind
    for kind in Allergy.Kind.values
}


class ListRefused(Refused):
    """The record says otherwise, and must be put right there first."""


def answer_kept(
    *,
    intake: Intake,
    question: Question,
    before: IntakeAnswer | None,
    reply: Reply,
    by: Staff,
    at: datetime,
) -> None:
    """Carry a new answer into the record where the record holds the truth."""
    if question.kind is Ask.MEASURED:
        _measure(intake, question, reply, by, at)
    if question.key in LISTS and reply.is_known:
        _list(intake.patient, question.key, names_in(before), reply, by, at)


def answer_taken_back(
    *,
    intake: Intake,
    question: Question,
    before: IntakeAnswer,
    by: Staff,
    at: datetime,
) -> None:
    """Take out of the record what the answer put there."""
    if question.kind is Ask.MEASURED:
        _unmeasure(intake, question, by, at)
    if question.key in LISTS:
        _end(intake.patient, question.key, names_in(before), by, at)


def names_in(answer: IntakeAnswer | None) -> set[str]:
    value = answer.value if answer is not None else None
    return (
        {ingredient(str(name)) for name in value} if isinstance(value, list) else set()
    )


def ingredient(name: str) -> str:
    """One spelling of an ingredient or brand, as the vocabulary has it."""
    word = folded(name)
    fact = FACTS["med_list"].words.get(word) or FACTS["allergy"].words.get(word)
    return str(fact or word).replace("_", " ")


def _measure(
    intake: Intake, question: Question, reply: Reply, by: Staff, at: datetime
) -> None:
    _unmeasure(intake, question, by, at)
    if not reply.is_known:
        return
    nth = _measured(intake, question).count() + 1
    record_observation(
        patient=intake.patient,
        code=question.key,
        value=Decimal(str(reply.number)),
        effective_at=_noon(reply.on, at),
        source="intake",
        source_key=f"intake:{intake.pk}:{question.key}:{nth}",
        by=by,
        at=at,
    )


def _noon(on: date | None, at: datetime) -> datetime:
    """A day without an hour stands for its noon; today, for now."""
    if on is None or on == at.date():
        return at
    return datetime.combine(on, time(12), tzinfo=at.tzinfo)


def _measured(intake: Intake, question: Question) -> QuerySet[Observation]:
    return Observation.objects.filter(
        patient=intake.patient_id,
        source_key__startswith=f"intake:{intake.pk}:{question.key}:",
    )


def _unmeasure(intake: Intake, question: Question, by: Staff, at: datetime) -> None:
    for observation in _measured(intake, question).filter(error_at=None):
        mark_observation_in_error(
            observation=observation, reason=CORRECTED, by=by, at=at
        )


def _list(
    patient: Patient, key: str, before: set[str], reply: Reply, by: Staff, at: datetime
) -> None:
    """New names join the list; what the answer before had put there and this one
    leaves out has ended."""
    raw = reply.value if isinstance(reply.value, list) else []
    names = {ingredient(str(name)): str(name) for name in raw}
    _end(patient, key, before - names.keys(), by, at)
    standing = {ingredient(_text(e)) for e in _current(patient, key)}
    for plain, name in names.items():
        if plain not in standing:
            values = _values(key, plain, name)
            health.list_entry(
                patient=patient, kind=LISTS[key], values=values, by=by, at=at
            )
    if key == "allergy" and not names:
        _no_allergies(patient, by, at)


def _no_allergies(patient: Patient, by: Staff, at: datetime) -> None:
    try:
        health.note_no_known_allergies(patient=patient, by=by, at=at)
    except health.AlreadyListed as refusal:
        raise ListRefused(str(refusal)) from None


def _end(patient: Patient, key: str, names: set[str], by: Staff, at: datetime) -> None:
    for entry in _current(patient, key):
        if ingredient(_text(entry)) in names:
            health.end_entry(entry=entry, kind=LISTS[key], by=by, at=at)


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
    kind = KINDS.get(plain, Allergy.Kind.OTHER.value)
    return {"kind": kind, "substance": name}
