"""Admitting people to care, letting them leave, and taking them back in."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.schedule.leaving import is_return_to_use_alone, leaving_rules
from patients.actions.status import Status, held_with_episode, move_on
from patients.models import Episode, LeavingClass, Patient

# How a new episode can begin.
BEGINNINGS = (Status.REFERRED, Status.IN_INTAKE, Status.ACTIVE, Status.AFTERCARE)
USE_IS_NO_REASON = (
    "A return to use is no reason to leave: it is answered with care. Say what else"
    " ended it."
)


class HasLeft(Refused):
    """Nobody leaves, is admitted or waits twice: this episode has ended."""

    def __init__(self) -> None:
        super().__init__("This person is not in care here now.")


class StillInCare(Refused):
    """Nobody comes back who has not left."""

    def __init__(self, words: str = "This person has not left.") -> None:
        super().__init__(words)


class AdmittedAlready(Refused):
    """An episode has one admission."""


class ReasonRefused(Refused):
    """What was written is no reason for which somebody leaves."""

    field = "reason"


class ClassRefused(Refused):
    """Nobody leaves in this way here."""

    field = "leaving_class"


class NoticeMissing(Refused):
    """An exit that the person did not choose, without its notice."""

    field = "notice"


class DayRefused(Refused):
    """The day lies outside the episode, or ahead."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


class ComingBackStands(Refused):
    """What has been built on a new episode is not undone with it."""


def open_episode(
    patient: Patient,
    *,
    number: int = 1,
    referred_on: date,
    called_after: str = "",
    admitted_on: date | None = None,
    by: Staff | None,
    at: datetime,
) -> Episode:
    """Begin a course of care; part of the act that calls for it."""
    return Episode.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        number=number,
        referred_on=referred_on,
        called_after=called_after,
        admitted_on=admitted_on,
        recorded_at=at,
        recorded_by=by,
    )


@transaction.atomic
def admit(
    *,
    patient: Patient,
    on: date | None = None,
    reason: str = "",
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Admit somebody to treatment, today or on the day that is said; clocks run from it."""
    patient, episode = held_with_episode(patient)
    today = clinic_day(patient.clinic, at)
    day = on or today
    _refuse_if_left(episode)
    if episode.admitted_on is not None:
        raise AdmittedAlready("This person is admitted already.")
    _refuse_outside(episode, day, today, "admitted_on")
    return _admit(patient, episode, day, reason=reason, by=by, at=at)


@transaction.atomic
def admit_by_dose(
    *, patient: Patient, on: date, by: Staff | None, at: datetime
) -> None:
    """The first dose that the staff saw taken admits who was not; of an episode that has
    not begun then, or is over, it says nothing."""
    patient, episode = held_with_episode(patient)
    is_admitted = episode.left_on is not None or episode.admitted_on is not None
    if is_admitted or on < episode.referred_on:
        return
    episode.admitted_by_dose = True
    _admit(patient, episode, on, reason="First dose here", by=by, at=at)


def _admit(
    patient: Patient,
    episode: Episode,
    on: date,
    *,
    reason: str,
    by: Staff | None,
    at: datetime,
) -> Patient:
    episode.admitted_on = on
    episode.save(update_fields=["admitted_on", "admitted_by_dose"])
    audit.record(
        "care.admitted", episode, by=by, at=at, by_dose=episode.admitted_by_dose
    )
    # Where care is held, the hold says what the person goes back to.
    if patient.status == Status.ON_HOLD:
        patient.holds.filter(ended_on=None).update(status_before=Status.ACTIVE)
        patient.admitted_on = on
        patient.save(update_fields=["admitted_on"])
        return patient
    return move_on(patient, episode, Status.ACTIVE, reason=reason, by=by, at=at)


@transaction.atomic
def leave_care(
    *,
    patient: Patient,
    leaving_class: str,
    reason: str = "",
    notice: str = "",
    on: date | None = None,
    by: Staff | None,
    at: datetime,
) -> Patient:
    """End an episode: how, why, and the last day. The record stays, and the way back."""
    patient, episode = held_with_episode(patient)
    _refuse_if_left(episode)
    _refuse_class(leaving_class, reason, notice)
    today = clinic_day(patient.clinic, at)
    day = on or today
    _refuse_outside(episode, day, today, "left_on")
    close_episode(patient, episode, leaving_class, reason=reason, on=day)
    audit.record("care.left", episode, by=by, at=at, how=leaving_class)
    return move_on(
        patient,
        episode,
        Status.DISCHARGED,
        reason=reason,
        discharge_class=leaving_class,
        by=by,
        at=at,
    )


def close_episode(
    patient: Patient, episode: Episode, leaving_class: str, *, reason: str, on: date
) -> None:
    """Write down that it is over, and what held it; part of the act that ends it."""
    for hold in patient.holds.filter(ended_on=None):
        hold.ended_on = max(on, hold.began_on)
        hold.save(update_fields=["ended_on"])
    episode.left_on, episode.leaving_class = on, leaving_class
    episode.leaving_reason = reason
    episode.save(update_fields=["left_on", "leaving_class", "leaving_reason"])


def reopen_episode(episode: Episode) -> None:
    """Take back that it is over; part of the act that says why."""
    episode.left_on = episode.no_contact_since = None
    episode.leaving_class = episode.leaving_reason = ""
    episode.save(
        update_fields=[
            "left_on",
            "leaving_class",
            "leaving_reason",
            "no_contact_since",
        ]
    )


def _refuse_class(leaving_class: str, reason: str, notice: str) -> None:
    if leaving_class not in LeavingClass.values:
        raise ClassRefused("Choose how the person leaves.")
    if leaving_class == LeavingClass.DECEASED:
        raise ClassRefused("A death is recorded on its own page, by two people.")
    if is_return_to_use_alone(reason):
        raise ReasonRefused(USE_IS_NO_REASON)
    if leaving_class != LeavingClass.ADMINISTRATIVE:
        return
    if not reason.strip():
        raise ReasonRefused("Say what endangered others.")
    if not notice.strip():
        raise NoticeMissing(
            "Say when and how notice was given, which appeal is open, and which"
            " transfer was offered."
        )


def _refuse_if_left(episode: Episode) -> None:
    if episode.left_on is not None:
        raise HasLeft


def _refuse_outside(episode: Episode, day: date, today: date, field: str) -> None:
    if day > today:
        raise DayRefused("This day has not come yet.", field)
    begun = episode.referred_on
    if field == "left_on":
        begun = episode.admitted_on or begun
    if day < begun:
        raise DayRefused("This was before care began.", field)


@transaction.atomic
def take_back_leaving(
    *, patient: Patient, reason: str, by: Staff, at: datetime
) -> Patient:
    """Undo a leaving that was a mistake: the same episode goes on, clocks too."""
    patient, episode = held_with_episode(patient)
    if episode.left_on is None or patient.status != Status.DISCHARGED:
        raise StillInCare
    last = episode.left_on + timedelta(days=leaving_rules().numbers["take_back"].days)
    if clinic_day(patient.clinic, at) > last:
        raise StillInCare(
            "This leaving stands by now. Take the person back in instead."
        )
    if not reason.strip():
        raise ReasonRefused("Say why it was a mistake.")
    before = _status_before(patient)
    reopen_episode(episode)
    audit.record("care.leaving_taken_back", episode, by=by, at=at)
    return move_on(patient, episode, before, reason=reason, by=by, at=at)


def _status_before(patient: Patient) -> str:
    """What they were before they left; a hold ended with the leaving."""
    changes = patient.status_changes.order_by("-pk").values_list("status", flat=True)
    return next((one for one in changes if one in BEGINNINGS), Status.ACTIVE)


@transaction.atomic
def come_back(
    *,
    patient: Patient,
    status: str = Status.REFERRED,
    called_after: str = "",
    reason: str = "",
    by: Staff | None,
    at: datetime,
) -> Episode:
    """Take somebody back in: the next episode begins, with clocks of its own. Nothing on
    record is lost, and nothing owed is copied."""
    patient, episode = held_with_episode(patient)
    if episode.left_on is None or patient.status != Status.DISCHARGED:
        raise StillInCare
    if status not in BEGINNINGS:
        raise ClassRefused("Nobody comes back to that.")
    today = clinic_day(patient.clinic, at)
    again = open_episode(
        patient,
        number=episode.number + 1,
        referred_on=today,
        called_after=called_after,
        admitted_on=today if status == Status.ACTIVE else None,
        by=by,
        at=at,
    )
    audit.record("care.came_back", again, by=by, at=at, number=again.number)
    move_on(patient, again, status, reason=reason or "Came back", by=by, at=at)
    return again


@transaction.atomic
def undo_coming_back(*, patient: Patient, by: Staff, at: datetime) -> Patient:
    """Take back, on its day, that somebody came back: they are as they had left."""
    patient, episode = held_with_episode(patient)
    earlier = patient.episodes.exclude(pk=episode.pk).first()
    if earlier is None or episode.left_on is not None:
        raise ComingBackStands("Nobody has come back here.")
    begun = clinic_day(patient.clinic, episode.recorded_at)
    if clinic_day(patient.clinic, at) != begun:
        raise ComingBackStands("That was on another day: let the person leave instead.")
    has_begun = episode.holds.exists() or episode.leavings.exists()
    if episode.admitted_by_dose or has_begun:
        raise ComingBackStands("Care has begun since: let the person leave instead.")
    episode.delete()
    audit.record("care.coming_back_undone", earlier, by=by, at=at)
    return move_on(
        patient,
        earlier,
        Status.DISCHARGED,
        reason="Coming back taken back",
        discharge_class=earlier.leaving_class,
        by=by,
        at=at,
    )


@transaction.atomic
def decline_contacts(*, patient: Patient, by: Staff, at: datetime) -> Episode:
    """Whoever left wants no more contacts; the way back stays open."""
    return _contacts(patient, by, at, declined=True)


@transaction.atomic
def allow_contacts(*, patient: Patient, by: Staff, at: datetime) -> Episode:
    """Whoever declined contacts may be called again."""
    return _contacts(patient, by, at, declined=False)


def _contacts(patient: Patient, by: Staff, at: datetime, *, declined: bool) -> Episode:
    patient, episode = held_with_episode(patient)
    if episode.left_on is None or patient.status != Status.DISCHARGED:
        raise StillInCare
    if declined == (episode.no_contact_since is not None):
        return episode
    episode.no_contact_since = clinic_day(patient.clinic, at) if declined else None
    episode.save(update_fields=["no_contact_since"])
    verb = "care.contacts_declined" if declined else "care.contacts_allowed"
    audit.record(verb, episode, by=by, at=at)
    return episode
