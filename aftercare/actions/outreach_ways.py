"""Ways of reaching a person that are acts of their own: a call that others are told of, a
text, a letter, the emergency contact, and whoever goes out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.actions.message_wishes import may_write_to
from aftercare.actions.outreach import (
    EMERGENCY,
    AttemptDetails,
    Outcome,
    record_outreach,
)
from aftercare.models import (
    FollowUp,
    MessageWish,
    OutreachAttempt,
    OutreachCall,
    PersonMessage,
)
from aftercare.record.messages import AT_LARGE
from aftercare.record.reaching import LETTER, call_now, emergency_contacts
from knowledge.schedule.messages import MessageKind, messages
from knowledge.schedule.reaching import WayAsks, reaching
from knowledge.wording.dates import whole_day
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.actions.disclosures import give_out
from patients.actions.registry import is_not_contacted
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.things import WORDS
from patients.models import Disclosure, Patient, SupportPerson

Channel = OutreachAttempt.Channel


class SomebodyCalls(Refused):
    """A colleague is calling this person now."""


class NotReachedSo(Refused):
    """This way is closed; `field` is what to put right, where something is."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTold:
    """What is said of a visit outside, by us, by a peer or by others."""

    way: str
    outcome: str
    went: str
    happened_on: date
    next_on: date | None = None
    note: str = ""
    disclosure: Disclosure | None = None


@transaction.atomic
def start_call(
    *, patient: Patient, anyway: bool = False, by: Staff, at: datetime
) -> OutreachCall:
    """Say that one is calling now. Who comes second is told who does, and since when."""
    _reachable(patient)
    now = call_now(patient, at=at)
    if now is not None and now.by_id != by.pk and not anyway:
        raise SomebodyCalls(
            f"{now.by.name} has been calling since"
            f" {clinic_clock(patient.clinic, now.since_at):%H:%M}."
        )
    OutreachCall.objects.open().filter(patient=patient).update(ended_at=at)
    call = OutreachCall.objects.create(
        clinic_id=patient.clinic_id, patient=patient, by=by, since_at=at
    )
    audit.record("outreach.calling", call, by=by, at=at)
    return call


@transaction.atomic
def send_text(
    *,
    patient: Patient,
    follow_up: FollowUp | None = None,
    by: Staff,
    at: datetime,
) -> OutreachAttempt:
    """Ask somebody to call, at the address where they want messages; it leaves outside
    the quiet hours."""
    _reachable(patient)
    wish = wish_to_write_by(patient)
    if wish is None:
        raise NotReachedSo("They asked for no messages, or writing there is not safe.")
    for_day = messages().leaves_on(
        clinic_clock(patient.clinic, at),
        clinic_day(patient.clinic, at),
        numbers_of(patient.clinic_id),
    )
    try:
        with transaction.atomic():
            message = PersonMessage.objects.create(
                clinic_id=patient.clinic_id,
                patient=patient,
                wish=wish,
                kind=MessageKind.REACH,
                for_day=for_day,
                created_at=at,
            )
    except IntegrityError:
        raise NotReachedSo(f"One is sent already for {whole_day(for_day)}.") from None
    return record_outreach(
        patient=patient,
        outcome=Outcome.SENT,
        channel=Channel.TEXT,
        follow_up=follow_up,
        details=AttemptDetails(message=message),
        by=by,
        at=at,
    )


@transaction.atomic
def post_letter(
    *,
    patient: Patient,
    letter: Disclosure,
    follow_up: FollowUp | None = None,
    by: Staff,
    at: datetime,
) -> OutreachAttempt:
    """Keep that the letter which the gate let out is in the post; each letter once."""
    _reachable(patient)
    is_theirs = letter.patient_id == patient.pk and letter.thing == LETTER
    is_to_them = letter.ground == Disclosure.Ground.OWN_COPY
    if letter.is_stopped or not (is_theirs and is_to_them):
        raise NotReachedSo("The gate let no letter to the person out.")
    if OutreachAttempt.objects.standing().filter(disclosure=letter).exists():
        raise NotReachedSo("This letter is in the post already.")
    return record_outreach(
        patient=patient,
        outcome=Outcome.SENT,
        channel=Channel.LETTER,
        follow_up=follow_up,
        details=AttemptDetails(disclosure=letter),
        by=by,
        at=at,
    )


@transaction.atomic
def call_emergency_contact(
    *,
    patient: Patient,
    support: SupportPerson,
    outcome: str,
    follow_up: FollowUp | None = None,
    note: str = "",
    by: Staff,
    at: datetime,
) -> OutreachAttempt:
    """Keep a call to whom the person named in writing. Whoever passes it on was told that
    they are looked for: that went through the gate."""
    _reachable(patient)
    every = emergency_contacts(patient, at=at)
    contact = next((one for one in every if one.support.pk == support.pk), None)
    if contact is None:
        raise NotReachedSo("No consent in force names them. Nothing is recorded.")
    told = None
    if outcome == Outcome.PASSED_ON:
        asked = DisclosureAsked(
            thing=WORDS,
            sections=contact.sections,
            least=(),
            way=Disclosure.Way.PHONE,
            recipient=contact.support.name,
            purpose=contact.purpose,
            ground=Disclosure.Ground.CONSENT,
            said=note,
        )
        told = give_out(
            patient=patient, asked=asked, consent=contact.consent, by=by, at=at
        )
    duty = FollowUp.objects.open().filter(patient=patient, kind=EMERGENCY).first()
    return record_outreach(
        patient=patient,
        outcome=outcome,
        channel=Channel.EMERGENCY,
        follow_up=duty or follow_up,
        note=note,
        details=AttemptDetails(support=support, disclosure=told),
        by=by,
        at=at,
    )


@transaction.atomic
def record_visit_outside(
    *,
    patient: Patient,
    told: VisitTold,
    follow_up: FollowUp | None = None,
    by: Staff,
    at: datetime,
) -> OutreachAttempt:
    """Keep who went, when, and what was found; where others went, what they were told."""
    _reachable(patient)
    _refuse_visit(patient, told, clinic_day(patient.clinic, at))
    return record_outreach(
        patient=patient,
        outcome=told.outcome,
        channel=told.way,
        follow_up=follow_up,
        note=told.note,
        details=AttemptDetails(
            went=told.went,
            happened_on=told.happened_on,
            next_on=told.next_on,
            disclosure=told.disclosure,
        ),
        by=by,
        at=at,
    )


def wish_to_write_by(patient: Patient) -> MessageWish | None:
    """What they asked for, where writing there is safe and this site can."""
    if patient.status not in AT_LARGE:
        return None
    wishes = MessageWish.objects.in_force().filter(patient=patient)
    wish = wishes.select_related("to").first()
    return wish if wish is not None and may_write_to(wish.to) else None


def _refuse_visit(patient: Patient, told: VisitTold, today: date) -> None:
    rules = reaching()
    first = today - timedelta(days=rules.number("told_late"))
    if not first <= told.happened_on <= today:
        raise NotReachedSo(f"Between {whole_day(first)} and today.", "happened_on")
    last = today + timedelta(days=rules.number("next_try_by"))
    if told.next_on is not None and not today < told.next_on <= last:
        raise NotReachedSo(f"From tomorrow to {whole_day(last)}.", "next_on")
    if rules.ways[told.way].asks is WayAsks.GATE:
        _refuse_ungiven(patient, told.disclosure)


def _refuse_ungiven(patient: Patient, given: Disclosure | None) -> None:
    """Nothing about a person is told to whoever looks after them but through the gate."""
    if given is None:
        raise NotReachedSo(
            "Ask the gate first: say there who goes, and on what ground.", "disclosure"
        )
    if given.is_stopped or given.patient_id != patient.pk:
        raise NotReachedSo("The gate stopped this: nothing was told.", "disclosure")


def _reachable(patient: Patient) -> None:
    """Held, and alive as far as anybody knows."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if is_not_contacted(patient):
        raise NotReachedSo("A death is on this record. Nobody is called or written to.")
