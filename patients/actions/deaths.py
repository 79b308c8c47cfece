"""Ending care with a death, and taking back a death that was a mistake."""

from datetime import date, datetime

from accounts.models import Staff
from patients.actions.episodes import close_episode, reopen_episode
from patients.actions.status import Status, move_on
from patients.models import Episode, LeavingClass, Patient


def end_with_death(
    patient: Patient,
    episode: Episode,
    *,
    on: date,
    reason: str,
    since: datetime | None = None,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """End what was open on the day of death; whoever had left stays as they left."""
    if episode.left_on is None:
        day = max(on, episode.admitted_on or on, episode.referred_on)
        close_episode(patient, episode, LeavingClass.DECEASED, reason=reason, on=day)
    return move_on(
        patient, episode, Status.DECEASED, reason=reason, since=since, by=by, at=at
    )


def back_to_life(
    patient: Patient,
    episode: Episode,
    *,
    status: str,
    reason: str,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Take a death back: the episode that it ended goes on, in this status."""
    discharge_class = episode.leaving_class if status == Status.DISCHARGED else ""
    if episode.leaving_class == LeavingClass.DECEASED:
        reopen_episode(episode)
    return move_on(
        patient,
        episode,
        status,
        reason=reason,
        discharge_class=discharge_class,
        by=by,
        at=at,
    )
