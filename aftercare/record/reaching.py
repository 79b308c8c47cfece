"""Ways of reaching a person as their page shows them: which are open, and why others are
not. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.tenancy import clinic_clock, clinic_day
from aftercare.models import OutreachAttempt, OutreachCall
from aftercare.record.calendar import CalendarStep
from aftercare.record.states import REACHED
from knowledge.consents.content import reach_of
from knowledge.schedule.reaching import ReachWay, WayAsks, reaching
from patients.consents.reader import ConsentOnDay, in_force
from patients.disclosures.things import GivenThing, register
from patients.disclosures.whom import PERSON
from patients.models import (
    Consent,
    ContactPoint,
    Disclosure,
    Patient,
    SupportPerson,
)

LETTER = "reach_letter"
# What whoever is called in somebody's place has to be told: that we look for them.
LOOKED_FOR = ("in_care", "attendance", "safety")
IN_CARE = "in_care"
# The first of these that the consent was given for.
PURPOSES = ("support", "treatment")


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Somebody whom the person named in a consent that holds, with a number."""

    support: SupportPerson
    consent: Consent
    sections: tuple[str, ...]
    purpose: str
    told: str


@dataclass(frozen=True, slots=True)
class WayShown:
    """One way with where it leads; `why_not` where it is closed."""

    key: str
    way: ReachWay
    url: str
    is_act: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ReachingNow:
    """Everything that the page of reaching somebody shows beside the rungs."""

    call: OutreachCall | None
    ways: tuple[WayShown, ...]
    contacts: tuple[EmergencyContact, ...]
    best_time: str
    next_step: CalendarStep | None

    def of(self, keys: Iterable[str]) -> list[WayShown]:
        """The ways of one rung, in its order."""
        by_key = {one.key: one for one in self.ways}
        return [by_key[key] for key in keys]


def call_now(patient: Patient, *, at: datetime) -> OutreachCall | None:
    """Who is calling at this moment; a call that nobody ended is over after a while."""
    since = at - timedelta(minutes=reaching().number("calling_minutes"))
    calls = OutreachCall.objects.open().filter(patient=patient, since_at__gt=since)
    return calls.select_related("by").first()


def points_to_call(patient_id: int, *, at: datetime) -> list[ContactPoint]:
    """Where they are reached now, each with who calls at this moment (`called_by`,
    `called_at`); in one statement."""
    since = at - timedelta(minutes=reaching().number("calling_minutes"))
    calls = OutreachCall.objects.open().filter(
        patient=OuterRef("patient"), since_at__gt=since
    )
    points = ContactPoint.objects.filter(patient=patient_id, is_current=True)
    return list(
        points.annotate(
            called_by=Subquery(calls.values("by__name")[:1]),
            called_at=Subquery(calls.values("since_at")[:1]),
        )
    )


def reaching_of(
    patient: Patient,
    *,
    attempts: Sequence[OutreachAttempt],
    steps: Sequence[CalendarStep],
    may_text: bool,
    at: datetime,
) -> ReachingNow:
    """In four statements."""
    contacts = tuple(emergency_contacts(patient, at=at))
    today = clinic_day(patient.clinic, at)
    return ReachingNow(
        call=call_now(patient, at=at),
        ways=tuple(_ways(patient, contacts, may_text=may_text)),
        contacts=contacts,
        best_time=_best_time(patient, attempts, at),
        next_step=_next(steps, today),
    )


def emergency_contacts(patient: Patient, *, at: datetime) -> Iterator[EmergencyContact]:
    """People close to them with a number, whom a consent in writing lets us tell that they
    are looked for; never somebody who endangers them."""
    standing = in_force(patient, at=at)
    if not standing:
        return
    supports = patient.supports.filter(is_current=True).exclude(phone="")
    for support in supports.exclude(endangers=True):
        found = (_by_consent(support, one) for one in standing)
        first = next((one for one in found if one is not None), None)
        if first is not None:
            yield first


def _by_consent(
    support: SupportPerson, standing: ConsentOnDay
) -> EmergencyContact | None:
    consent = standing.consent
    reach = reach_of(consent.sections)
    purpose = next((one for one in PURPOSES if one in consent.purposes), None)
    if purpose is None or IN_CARE not in reach or not standing.lets(support.name):
        return None
    sections = tuple(key for key in LOOKED_FOR if key in reach)
    return EmergencyContact(support, consent, sections, purpose, standing.told)


def _ways(
    patient: Patient, contacts: Sequence[EmergencyContact], *, may_text: bool
) -> Iterator[WayShown]:
    on_rungs = {key for rung in reaching().rung for key in rung.ways}
    for key, way in reaching().ways.items():
        if key not in on_rungs:
            # Face to face and video are told where a contact is: one press.
            continue
        url, is_act, why_not = _where(key, patient), key == "text", ""
        if way.asks is WayAsks.WISH and not may_text:
            why_not = "no messages asked for"
        elif way.asks is WayAsks.CONSENT and not contacts:
            why_not = "no consent names anybody"
        elif key == "letter" and not patient.address:
            why_not = "no address"
        yield WayShown(key, way, url, is_act, why_not)


def _where(key: str, patient: Patient) -> str:
    if key == "text":
        return reverse("aftercare:send_text", args=[patient.pk])
    if key == "letter":
        return reverse("patients:give", args=[patient.pk, LETTER])
    if key == "emergency":
        return "#emergency"
    if reaching().ways[key].has_form:
        return reverse("aftercare:went_out", args=[patient.pk, key])
    return "#call"


def _best_time(
    patient: Patient, attempts: Iterable[OutreachAttempt], at: datetime
) -> str:
    """When they were reached lately, of the tries that were told at once."""
    since = at - timedelta(days=reaching().number("best_time_days"))
    return reaching().best_time(
        clinic_clock(patient.clinic, one.made_at)
        for one in attempts
        if one.outcome in REACHED
        and one.taken_back_at is None
        and one.happened_on is None
        and one.made_at >= since
    )


def _next(steps: Sequence[CalendarStep], today: date) -> CalendarStep | None:
    """The rung that comes after today."""
    return next((one for one in steps if one.on > today), None)


def register_letter() -> None:
    """Make the letter known to the gate."""
    register(
        GivenThing(
            key=LETTER,
            title="A letter that asks to call",
            way=Disclosure.Way.PAPER,
            sections=(IN_CARE,),
            least=(IN_CARE,),
            address=_address,
            is_of=_has_address,
            usual=PERSON,
        )
    )


def _address(made: Disclosure) -> str:
    return reverse("aftercare:letter", args=[made.patient_id, made.pk])


def _has_address(patient: Patient, row: int | None) -> bool:
    return row is None and bool(patient.address)
