"""Consents as they stand on a day: the one reader of them, for pages and for the gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from accounts.tenancy import clinic_day
from knowledge.consents.content import period, section_titles
from knowledge.wording.dates import short_day
from patients.consents.text import END_OF_TREATMENT
from patients.models import Consent, ConsentEnd, Patient, StatusChange

NONE_ASKED = "Not asked yet"


class ConsentState(StrEnum):
    """Where an answer stands; the last three and a draft let nothing out."""

    GIVEN = "given"
    LIMITED = "limited"
    DRAFT = "draft"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


IN_FORCE = (ConsentState.GIVEN, ConsentState.LIMITED)


class _End(NamedTuple):
    """What has ended a consent, or a part of it."""

    recipient: str
    why: str
    said_on: date

    @classmethod
    def read(cls, said: Mapping[str, str]) -> "_End":
        """As the database tells it."""
        day = date.fromisoformat(said["said_on"])
        return cls(said["recipient"], said["why"], day)


@dataclass(frozen=True, slots=True)
class ConsentOnDay:
    """One consent as it stands at a moment."""

    consent: Consent
    state: ConsentState
    # When it ended or will end; None where nothing says a day.
    until: date | None
    # Recipients of it who may no longer be told.
    taken_from: tuple[str, ...]
    ends_soon: bool = False

    @property
    def is_in_force(self) -> bool:
        return self.state in IN_FORCE

    @property
    def open_recipients(self) -> list[tuple[int, dict[str, str]]]:
        """Who may be told by it, each with its place in the list."""
        return [
            (place, one)
            for place, one in enumerate(self.consent.recipients)
            if self.is_in_force and one["name"] not in self.taken_from
        ]

    def lets(self, recipient: str) -> bool:
        """Whether this recipient may be told by it."""
        return any(one["name"] == recipient for _, one in self.open_recipients)

    @property
    def told(self) -> str:
        """What may be told, in words."""
        titles = section_titles(self.consent.sections)
        limits = self.consent.limits
        return f"{titles}. Not: {limits}" if limits else titles


def consents_of(patient: Patient, *, at: datetime) -> list[ConsentOnDay]:
    """Every consent that this person was asked for, those that need something first."""
    rows = list(
        Consent.objects.filter(patient=patient).with_ends().select_related("support")
    )
    left_on = _left_on(patient, rows)
    today = clinic_day(patient.clinic, at)
    return sorted((_standing(row, today, left_on) for row in rows), key=_order)


def _left_on(patient: Patient, rows: Iterable[Consent]) -> list[date]:
    """Days on which treatment ended, where a consent asks for them."""
    if not any(row.expires_event == END_OF_TREATMENT for row in rows):
        return []
    ended = (Patient.Status.DISCHARGED, Patient.Status.DECEASED)
    left = StatusChange.objects.filter(patient=patient, status__in=ended)
    return [
        clinic_day(patient.clinic, moment)
        for moment in left.values_list("changed_at", flat=True)
    ]


def _standing(row: Consent, today: date, left_on: Sequence[date]) -> ConsentOnDay:
    ends = [_End.read(end) for end in row.ended]
    over = _over(row, ends, today, left_on)
    taken = tuple(end.recipient for end in ends if end.recipient)
    if row.status != Consent.Status.GIVEN:
        state = ConsentState(row.status)
        return ConsentOnDay(row, state, row.declined_on, taken)
    if over is not None:
        return ConsentOnDay(row, over[0], over[1], taken)
    if not any(one["name"] not in taken for one in row.recipients):
        return ConsentOnDay(row, ConsentState.REVOKED, ends[-1].said_on, taken)
    soon = row.expires_on is not None and row.expires_on - today <= timedelta(
        days=period("ends_soon_days")
    )
    state = ConsentState.LIMITED if taken or row.limits else ConsentState.GIVEN
    return ConsentOnDay(row, state, row.expires_on, taken, ends_soon=soon)


def _over(
    row: Consent, ends: list[_End], today: date, left_on: Sequence[date]
) -> tuple[ConsentState, date] | None:
    """How a given consent ended as a whole, and when."""
    whole = next((end for end in ends if not end.recipient), None)
    if whole is not None:
        is_event = whole.why == ConsentEnd.Why.EVENT
        state = ConsentState.EXPIRED if is_event else ConsentState.REVOKED
        return state, whole.said_on
    if row.expires_on is not None and row.expires_on < today:
        return ConsentState.EXPIRED, row.expires_on
    if row.expires_event == END_OF_TREATMENT and row.signed_on is not None:
        left = [day for day in left_on if day >= row.signed_on]
        return (ConsentState.EXPIRED, min(left)) if left else None
    return None


_RANK = (
    ConsentState.DRAFT,
    ConsentState.GIVEN,
    ConsentState.LIMITED,
    ConsentState.DECLINED,
    ConsentState.REVOKED,
    ConsentState.EXPIRED,
)


def _order(one: ConsentOnDay) -> tuple[bool, int, date, int]:
    """What ends soonest first, then what is given, then what is over."""
    state = ConsentState.GIVEN if one.is_in_force else one.state
    return (
        not one.ends_soon,
        _RANK.index(state),
        one.until or date.max,
        -one.consent.pk,
    )


def in_force(
    patient: Patient, *, at: datetime, recipient: str = "", purpose: str = ""
) -> list[ConsentOnDay]:
    """Consents that hold at this moment, for one recipient and purpose where named."""
    return [
        one
        for one in consents_of(patient, at=at)
        if one.is_in_force
        and (not recipient or one.lets(recipient))
        and (not purpose or purpose in one.consent.purposes)
    ]


def told_to(patient: Patient, *, at: datetime) -> dict[str, str]:
    """What each recipient may be told at this moment, by name."""
    found: dict[str, str] = {}
    for one in in_force(patient, at=at):
        for _, recipient in one.open_recipients:
            name = recipient["name"]
            found[name] = "; ".join(filter(None, (found.get(name), one.told)))
    return found


def consent_words(standing: Sequence[ConsentOnDay], today: date) -> str:
    """All of them in one line, for the header of a chart."""
    open_ones = [one for one in standing if one.is_in_force]
    if not open_ones:
        return _none_open(standing)
    many = f"{len(open_ones)} given"
    soon = next((one for one in open_ones if one.ends_soon and one.until), None)
    if soon is None or soon.until is None:
        return many
    name = soon.consent.recipients[0]["name"]
    return f"{many}, {name}'s ends {short_day(soon.until, today)}"


def _none_open(standing: Sequence[ConsentOnDay]) -> str:
    states = [one.state for one in standing]
    words = {
        ConsentState.DRAFT: "Not signed yet",
        ConsentState.DECLINED: "Declined",
        ConsentState.REVOKED: "Taken back",
        ConsentState.EXPIRED: "Ended",
    }
    return next((words[state] for state in words if state in states), NONE_ASKED)
