"""Consents of the demo: who stands by people, who may be told what, and what was told."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from devtools.demo.content import Stage
from devtools.demo.telling import Telling
from patients.actions.consents import (
    ConsentSignature,
    ask_consent,
    decline_consent,
    end_consent,
    recipient_of,
    sign_consent,
)
from patients.actions.disclosures import give_out
from patients.actions.health import list_entry
from patients.consents.text import END_OF_TREATMENT, full_name
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.things import WORDS
from patients.models import Consent, Patient, SupportPerson

# When something happened, and the act that records it.
type Event = tuple[datetime, Callable[[], object]]
# Of every so many people: who named nobody, who declined, who took it back.
NAMED_NOBODY, DECLINED, TOOK_BACK = 4, 5, 7
PEOPLE = (("Rosa", "sister"), ("Miguel", "brother"), ("June", "friend"))
EVERYBODY = {"name": "Treating providers, payers, operations", "who": "", "address": ""}


def ask_consents(telling: Telling, patient: Patient) -> None:
    """What a person is asked as they come: for all care, and for one who stands by them."""
    if telling.story.stage is Stage.REFERRED:
        return
    number = _number(patient)
    _sign(telling, _asked(telling, patient, Consent.Kind.TPO, EVERYBODY))
    if number % NAMED_NOBODY == 0:
        return
    one = _support(telling, patient, *PEOPLE[number % len(PEOPLE)])
    kind = Consent.Kind.SUPPORT
    consent = _asked(telling, patient, kind, recipient_of(one), support=one)
    if number % DECLINED == 0:
        by, at = telling.team.care_manager, telling.moment(0)
        decline_consent(consent=consent, by=by, at=at)
        return
    _sign(telling, consent)


def _number(patient: Patient) -> int:
    """One story from another."""
    return int("".join(c for c in patient.mrn if c.isdigit()))


def told(telling: Telling, patient: Patient) -> Iterator[Event]:
    """Somebody of the family calls; some take back that they may be told, and are
    called for again."""
    given = Consent.objects.filter(patient=patient, kind="support", status="given")
    consent = given.first()
    if consent is None:
        return
    yield telling.moment(3), partial(_tell, telling, patient, consent, 3)
    if _number(patient) % TOOK_BACK == 0:
        yield telling.moment(6), partial(_take_back, telling, consent)
        yield telling.moment(8), partial(_tell, telling, patient, consent, 8)


def _take_back(telling: Telling, consent: Consent) -> None:
    at = telling.moment(6)
    end_consent(
        consent=consent,
        why="revoked",
        how="written",
        said_on=telling.day(at),
        by=telling.team.care_manager,
        at=at,
    )


def _support(
    telling: Telling, patient: Patient, name: str, relation: str
) -> SupportPerson:
    values = {
        "name": f"{name} {patient.family_name}",
        "relation": relation,
        "phone": "(555) 010-0143",
        "role_in_plan": "",
        "may_know": "",
    }
    made = list_entry(
        patient=patient,
        kind="support",
        values=values,
        by=telling.team.care_manager,
        at=telling.moment(0),
    )
    assert isinstance(made, SupportPerson)  # noqa: S101 - narrows the type
    return made


def _asked(
    telling: Telling,
    patient: Patient,
    kind: str,
    recipient: dict[str, str],
    support: SupportPerson | None = None,
) -> Consent:
    is_tpo = kind == Consent.Kind.TPO
    at = telling.moment(0)
    return ask_consent(
        patient=patient,
        asked={
            "kind": kind,
            "discloser": telling.team.clinic.name,
            "sections": ["record"] if is_tpo else ["in_care", "safety", "attendance"],
            "recipients": [recipient],
            "support_id": support.pk if support else None,
            "purposes": ["treatment", "payment", "operations"]
            if is_tpo
            else ["support"],
            "purpose_words": "Treatment, payment and running the program"
            if is_tpo
            else "So that they can help when I do not answer",
            "expiry": "none" if is_tpo else "event",
            "expires_event": "" if is_tpo else END_OF_TREATMENT,
            "language": patient.page_language,
        },
        by=telling.team.care_manager,
        at=at,
    )


def _sign(telling: Telling, consent: Consent) -> None:
    sign_consent(
        consent=consent,
        signature=ConsentSignature(how="typed", name=full_name(consent.patient)),
        language=consent.language,
        by=telling.team.care_manager,
        at=telling.moment(0),
    )


def _tell(telling: Telling, patient: Patient, consent: Consent, day: int) -> None:
    """Somebody of the family calls; the gate says what may be said."""
    give_out(
        patient=patient,
        asked=DisclosureAsked(
            thing=WORDS,
            sections=("attendance",),
            least=(),
            way="phone",
            recipient=str(consent.recipients[0]["name"]),
            purpose="support",
            ground="consent",
            purpose_words="Asked whether the visit was kept",
        ),
        consent=consent,
        by=telling.team.care_manager,
        at=telling.moment(day),
    )
