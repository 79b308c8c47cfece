"""Changes of a clinic's settings: each told before, audited with what was before."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.clinic_settings.consequences import (
    SettingsChange,
    digest_of,
    follow_all,
    foretold,
)
from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic, ClinicDay, KindProposal, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.schedule.open_days import OpenDays

# A change of these may close days or open them.
OF_DAYS = {"opening_hours", "keeps_holidays", "state"}


class NotTold(Refused):
    """The change moves something that whoever saves it has not seen; `words` say what."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(" ".join(words))
        self.words = words


class DayTaken(Refused):
    """The day is on the clinic's list already."""

    field = "day"


class DayOver(Refused):
    """A day that is over is not closed any more."""

    field = "day"


class SameKind(Refused):
    """The clinic is of this kind already."""

    field = "is_otp"


class ProposalWaits(Refused):
    """One change of the kind is proposed at a time."""

    field = "is_otp"


class ProposalDecided(Refused):
    """Somebody agreed to it or dropped it before."""


class SecondPerson(Refused):
    """Who proposes does not agree as well."""


@transaction.atomic
def change_settings(
    *, clinic: Clinic, values: Mapping[str, Any], told: str, by: Staff, at: datetime
) -> SettingsChange:
    """Save settings, where everything that they move was told before (`told`)."""
    clinic = _held(clinic)
    fields = {
        name: (getattr(clinic, name), value)
        for name, value in values.items()
        if getattr(clinic, name) != value
    }
    before = open_days_of(clinic)
    for name, (_, value) in fields.items():
        setattr(clinic, name, value)
    after = open_days_of(clinic) if OF_DAYS & fields.keys() else before
    change = SettingsChange(clinic, clinic_day(clinic, at), fields, before, after)
    _refuse_not_told(change, told)
    if fields:
        clinic.save(update_fields=list(fields))
        _audit_change(change, by=by, at=at)
        follow_all(change, by=by, at=at)
    return change


def _held(clinic: Clinic) -> Clinic:
    return Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)


def _refuse_not_told(change: SettingsChange, told: str) -> None:
    words = foretold(change)
    if digest_of(words) not in ("", told):
        raise NotTold(words)


def _audit_change(change: SettingsChange, *, by: Staff, at: datetime) -> None:
    audit.record(
        "clinic.changed",
        change.clinic,
        by=by,
        at=at,
        clinic=change.clinic,
        before={name: _plain(was) for name, (was, _) in change.fields.items()},
        after={name: _plain(value) for name, (_, value) in change.fields.items()},
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def add_day(
    *,
    clinic: Clinic,
    day: date,
    is_open: bool,
    name: str,
    told: str,
    by: Staff,
    at: datetime,
) -> ClinicDay:
    """Close one day, or open one that the week or a holiday closes."""
    clinic = _held(clinic)
    if day < clinic_day(clinic, at):
        raise DayOver("This day is over.")
    before = open_days_of(clinic)
    if day in before.exceptions:
        raise DayTaken("This day is on the list already. Take it off first.")
    row = ClinicDay.objects.create(clinic=clinic, day=day, is_open=is_open, name=name)
    change = _change_of_days(clinic, before, at)
    _refuse_not_told(change, told)
    audit.record(
        "clinic.day_added", row, by=by, at=at, day=day.isoformat(), is_open=is_open
    )
    follow_all(change, by=by, at=at)
    return row


@transaction.atomic
def remove_day(*, row: ClinicDay, told: str, by: Staff, at: datetime) -> None:
    """Let a day be again what the week and the holidays make of it."""
    clinic = _held(row.clinic)
    before = open_days_of(clinic)
    audit.record("clinic.day_removed", row, by=by, at=at, day=row.day.isoformat())
    row.delete()
    change = _change_of_days(clinic, before, at)
    _refuse_not_told(change, told)
    follow_all(change, by=by, at=at)


def _change_of_days(clinic: Clinic, before: OpenDays, at: datetime) -> SettingsChange:
    return SettingsChange(
        clinic, clinic_day(clinic, at), {}, before, open_days_of(clinic)
    )


@transaction.atomic
def propose_kind(
    *, clinic: Clinic, is_otp: bool, why: str, told: str, by: Staff, at: datetime
) -> KindProposal:
    """Propose that the clinic becomes an opioid treatment program, or is none any more.

    Nothing changes until somebody else agrees.
    """
    clinic = _held(clinic)
    if clinic.is_otp == is_otp:
        raise SameKind("This is what the clinic is now.")
    if open_proposal(clinic) is not None:
        raise ProposalWaits("A change is proposed already. Decide on that one first.")
    change = change_of_kind(clinic, is_otp=is_otp, on=clinic_day(clinic, at))
    _refuse_not_told(change, told)
    proposal = KindProposal.objects.create(
        clinic=clinic,
        is_otp=is_otp,
        why=why,
        told=list(foretold(change)),
        proposed_at=at,
        proposed_by=by,
    )
    audit.record("clinic.kind_proposed", proposal, by=by, at=at, why=why, is_otp=is_otp)
    return proposal


def open_proposal(clinic: Clinic) -> KindProposal | None:
    """The change of kind that waits for a second person."""
    waiting = KindProposal.objects.filter(clinic=clinic, decided_at=None)
    return waiting.select_related("proposed_by").first()


def change_of_kind(clinic: Clinic, *, is_otp: bool, on: date) -> SettingsChange:
    return SettingsChange(clinic, on, {"is_otp": (clinic.is_otp, is_otp)})


@transaction.atomic
def agree_to_kind(
    *, proposal: KindProposal, told: str, by: Staff, at: datetime
) -> KindProposal:
    """Make the proposed change, as its second person, having seen what it moves today."""
    proposal = _undecided(proposal)
    if proposal.proposed_by_id == by.pk:
        raise SecondPerson("Somebody else has to agree: you proposed it.")
    clinic = _held(proposal.clinic)
    on = clinic_day(clinic, at)
    change = change_of_kind(clinic, is_otp=proposal.is_otp, on=on)
    _refuse_not_told(change, told)
    clinic.is_otp = proposal.is_otp
    clinic.save(update_fields=["is_otp"])
    _decide(proposal, KindProposal.Outcome.AGREED, by=by, at=at)
    _audit_change(change, by=by, at=at)
    follow_all(change, by=by, at=at)
    return proposal


@transaction.atomic
def drop_kind(*, proposal: KindProposal, by: Staff, at: datetime) -> KindProposal:
    """Leave the clinic as it is; who proposed it may say so too."""
    proposal = _undecided(proposal)
    _decide(proposal, KindProposal.Outcome.DROPPED, by=by, at=at)
    audit.record("clinic.kind_dropped", proposal, by=by, at=at)
    return proposal


def _undecided(proposal: KindProposal) -> KindProposal:
    locked = KindProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if locked.decided_at is not None:
        raise ProposalDecided("This was decided already.")
    return locked


def _decide(proposal: KindProposal, outcome: str, *, by: Staff, at: datetime) -> None:
    proposal.outcome, proposal.decided_at, proposal.decided_by = outcome, at, by
    proposal.save(update_fields=["outcome", "decided_at", "decided_by"])
