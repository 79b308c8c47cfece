"""Handing a tablet over: what is asked, what was answered, and who may take it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.actions.self_report import may_be_given, record_said
from assessments.models import Assessment, Handover
from assessments.signals import answers_typed
from knowledge.instruments.questionnaire import with_answers
from patients.actions.registry import refuse_after_death
from patients.models import Patient

# After so many wrong PINs whoever holds the tablet is signed out of it.
PIN_TRIES = 5


class HandoverOver(Refused):
    """The answers were sent or put aside before."""


@transaction.atomic
def start_handover(
    *,
    patient: Patient,
    instruments: Sequence[str],
    language: str,
    by: Staff,
    at: datetime,
) -> Handover:
    """Open the questions that the person will answer on the tablet."""
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    handover = Handover.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        instruments=list(may_be_given(instruments, by_link=False)),
        language=language,
        started_at=at,
        started_by=by,
    )
    audit.record(
        "handover.started", handover, by=by, at=at, instruments=handover.instruments
    )
    return handover


@transaction.atomic
def hand_over_again(*, handover: Handover, by: Staff, at: datetime) -> Handover:
    """Go on where the person stopped; the PIN may be tried anew."""
    handover = _open(handover)
    handover.wrong_pins = 0
    handover.save(update_fields=["wrong_pins"])
    audit.record("handover.continued", handover, by=by, at=at)
    return handover


def _open(handover: Handover) -> Handover:
    locked = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("patient__clinic", "started_by")
        .get(pk=handover.pk)
    )
    if locked.ended_at is not None:
        raise HandoverOver("These answers were sent already.")
    return locked


@transaction.atomic
def save_answers(
    *,
    handover: Handover,
    instrument: str,
    answers: Mapping[str, int | None],
    at: datetime,
) -> Handover:
    """Keep some answers as they are given; nothing is scored yet, and what cannot wait
    is heard of at once."""
    handover = _open(handover)
    handover.answers = with_answers(handover.answers, instrument, answers)
    handover.save(update_fields=["answers"])
    answers_typed.send(
        sender=Handover, handover=handover, instruments=[instrument], at=at
    )
    return handover


@transaction.atomic
def speak(*, handover: Handover, language: str) -> Handover:
    """Go on in another language."""
    handover = _open(handover)
    handover.language = language
    handover.save(update_fields=["language"])
    return handover


@transaction.atomic
def send_answers(*, handover: Handover, at: datetime) -> list[Assessment]:
    """Record what was answered, given by who handed the tablet over; once."""
    handover = _open(handover)
    recorded = record_said(
        patient=handover.patient,
        instruments=handover.instruments,
        said=handover.answers,
        source=f"handover:{handover.pk}",
        by=handover.started_by,
        at=at,
    )
    handover.answered_at = handover.ended_at = at
    handover.save(update_fields=["answered_at", "ended_at"])
    audit.record("handover.answered", handover, by=handover.started_by, at=at)
    return recorded


@transaction.atomic
def put_aside(*, handover: Handover, by: Staff, at: datetime) -> Handover:
    """End a hand-over without recording what was answered."""
    handover = _open(handover)
    handover.ended_at = at
    handover.save(update_fields=["ended_at"])
    audit.record("handover.put_aside", handover, by=by, at=at)
    return handover


@transaction.atomic
def note_pin(*, handover: Handover, is_right: bool, by: Staff, at: datetime) -> int:
    """Count wrong PINs in the row, so that two tries at once are two; tries left. None
    left is none for a right one either, whenever it came."""
    handover = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    is_right = is_right and handover.wrong_pins < PIN_TRIES
    if not is_right:
        handover.wrong_pins += 1
        handover.save(update_fields=["wrong_pins"])
    verb = "handover.handed_back" if is_right else "handover.wrong_pin"
    audit.record(verb, handover, by=by, at=at, wrong_pins=handover.wrong_pins)
    return max(PIN_TRIES - handover.wrong_pins, 0)
