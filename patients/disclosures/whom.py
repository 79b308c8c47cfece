"""For whom something is made: the person, the clinic, who is named in a consent, others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from patients.consents.reader import ConsentOnDay, ConsentState, consents_of
from patients.models import Consent, Disclosure, Patient

PERSON, INSIDE, OTHER = "person", "inside", "other"
Ground = Disclosure.Ground


@dataclass(frozen=True, slots=True)
class Whom:
    """One choice of the form, with the ground on which it rests."""

    key: str
    label: str
    ground: str = ""
    name: str = ""
    address: str = ""
    consent: Consent | None = None
    is_over: bool = False


def whom_of(patient: Patient, *, clinic: str, at: datetime) -> list[Whom]:
    """Everybody for whom something may be asked; the gate says who gets it."""
    standing = consents_of(patient, at=at)
    named = [one for row in standing for one in _named_in(row)]
    known = {one.name for one in named}
    supports = patient.supports.filter(is_current=True)
    return [
        Whom(
            PERSON, f"{patient.shown_name}, a copy", Ground.OWN_COPY, patient.shown_name
        ),
        Whom(INSIDE, "For our own work here", Ground.INSIDE, clinic),
        *_newest(named),
        *(
            Whom(
                f"s{one.pk}",
                f"{one.name}, {one.relation} (no consent)",
                Ground.CONSENT,
                one.name,
            )
            for one in supports
            if one.name not in known
        ),
        Whom(OTHER, "Somebody else, without a consent"),
    ]


def _named_in(standing: ConsentOnDay) -> Iterable[Whom]:
    if standing.state == ConsentState.DRAFT:
        return
    for place, one in enumerate(standing.consent.recipients):
        name = str(one["name"])
        is_over = not standing.lets(name)
        words = f" ({_over(standing)})" if is_over else ""
        yield Whom(
            f"c{standing.consent.pk}-{place}",
            f"{name}: {standing.told}{words}",
            Ground.CONSENT,
            name,
            str(one.get("address", "")),
            standing.consent,
            is_over,
        )


def _over(standing: ConsentOnDay) -> str:
    if standing.is_in_force:
        return "taken back"
    words = {"declined": "declined", "revoked": "taken back", "expired": "ended"}
    return words[standing.state]


def _newest(named: list[Whom]) -> list[Whom]:
    """What holds first; one that is over only where nothing else names them."""
    open_names = {one.name for one in named if not one.is_over}
    return [one for one in named if not one.is_over or one.name not in open_names]
