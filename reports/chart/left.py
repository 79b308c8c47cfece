"""Header of somebody who has died or left: what it says then, and what it no longer owes."""

from dataclasses import replace
from datetime import datetime

from patients.episodes import current_episode, day_of_death
from patients.models import LeavingClass, Patient
from reports.chart.header import Header
from reports.chart.most_pressing import HeaderFact
from reports.chart.words import day_named

DECEASED, LEFT = Patient.Status.DECEASED, Patient.Status.DISCHARGED
NEXT = "Next due"


def for_stage(header: Header, patient: Patient, at: datetime) -> Header:
    """The header as it stands; nothing is due to the dead, no dose was theirs to take."""
    if patient.status == DECEASED:
        day = day_of_death(patient)
        words = day_named(day, at) if day else "Day not known"
        return replace(
            header,
            facts=(HeaderFact("Died", words),),
            risk=None,
            waiting=0,
            late=0,
            concerns=[],
            follow_ups=[],
        )
    if patient.status == LEFT:
        return replace(header, facts=_of_left(header, patient, at))
    return header


def _of_left(header: Header, patient: Patient, at: datetime) -> tuple[HeaderFact, ...]:
    """Since when and how they left; of the rest what is still so."""
    episode = current_episode(patient)
    medicine, dose, trend, due = header.facts
    if not header.follow_ups:
        due = HeaderFact(NEXT, "Nothing planned", "the way back is open")
    if episode is None or episode.left_on is None:
        return medicine, dose, trend, due
    how = str(LeavingClass(episode.leaving_class).label)
    left = HeaderFact("Left care", day_named(episode.left_on, at), how.lower())
    return left, medicine, dose, due
