"""Events of a person: recorded, corrected, taken back, and found in the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.actions.event_facts import put_back, write_facts
from aftercare.models import CareEvent
from aftercare.record.events.signals import event_recorded, event_taken_back
from knowledge.schedule.pathways import NOT_KNOWN, EventKind, pathways
from patients.actions.registry import refuse_outside_life
from patients.models import Patient


class EventRefused(Refused):
    """An event that cannot be kept as it was said; `field` is what to put right."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


class EventNotInForce(Refused):
    """The event was corrected or taken back before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAsTold:
    """What is said of an event. Without a day nobody knows it; an answer that is
    missing, or not known, becomes a question."""

    kind: EventKind
    source: str
    on: date | None
    hour: time | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedEvent:
    """An event found in the record, or told by the person without an account; `key` names
    what it rests on, so that it is once."""

    patient_id: int
    kind: EventKind
    on: date
    key: str
    words: str = ""
    source: CareEvent.Source = CareEvent.Source.RECORD


@transaction.atomic
def record_event(
    *, patient: Patient, told: EventAsTold, by: Staff, at: datetime
) -> CareEvent:
    """Keep what happened; the facts that it changes are written where they live."""
    patient = _held(patient)
    _refuse_untimely(patient, told, at)
    _refuse_answers(told)
    event = _row(patient, told, by, at)
    event.stood_before = write_facts(event, by=by, at=at)
    event.save()
    audit.record("event.recorded", event, by=by, at=at, kind=event.kind)
    event_recorded.send(sender=CareEvent, event=event, by=by, at=at)
    return event


@transaction.atomic
def correct_event(
    *, event: CareEvent, told: EventAsTold, by: Staff, at: datetime
) -> CareEvent:
    """Say it otherwise: a new row holds, under the same number, and the old one stays."""
    patient = _held(event.patient)
    event = _in_force(event)
    _refuse_untimely(patient, told, at)
    _refuse_answers(told)
    put_back(event, by=by, at=at)
    event_taken_back.send(sender=CareEvent, event=event, by=by, at=at)
    patient = _held(patient)
    corrected = _row(patient, told, by, at)
    corrected.first_id = event.number
    corrected.stood_before = write_facts(corrected, by=by, at=at)
    corrected.save()
    event.replaced_by = corrected
    event.save(update_fields=["replaced_by"])
    audit.record("event.corrected", corrected, by=by, at=at, kind=corrected.kind)
    event_recorded.send(sender=CareEvent, event=corrected, by=by, at=at)
    return corrected


@transaction.atomic
def take_back_event(
    *, event: CareEvent, why: str = "", by: Staff, at: datetime
) -> CareEvent:
    """Undo an event recorded by mistake: what it wrote elsewhere is put back."""
    _held(event.patient)
    event = _in_force(event)
    event.taken_back_at, event.taken_back_by, event.taken_back_why = at, by, why
    event.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    put_back(event, by=by, at=at)
    audit.record("event.taken_back", event, by=by, at=at, kind=event.kind)
    event_taken_back.send(sender=CareEvent, event=event, by=by, at=at)
    return event


@transaction.atomic
def record_derived(found: Iterable[DerivedEvent], *, at: datetime) -> list[CareEvent]:
    """Keep what the record tells, each once, also where several workers find it; gives
    those that are new. What somebody took back is not found again."""
    by_key = {one.key: one for one in found}
    wanted = {one.patient_id for one in by_key.values()}
    people = {
        person.pk: person
        for person in Patient.objects.filter(pk__in=wanted)
        .exclude(status=Patient.Status.DECEASED)
        .select_for_update(no_key=True)
        .order_by("pk")
    }
    kept = CareEvent.objects.filter(derived_from__in=list(by_key))
    known = set(kept.values_list("derived_from", flat=True))
    new = [
        one
        for key, one in by_key.items()
        if key not in known and one.patient_id in people
    ]
    return [_keep_derived(one, people[one.patient_id], at) for one in new]


def _keep_derived(one: DerivedEvent, patient: Patient, at: datetime) -> CareEvent:
    event = CareEvent.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=one.kind,
        happened_on=one.on,
        source=one.source,
        words=one.words,
        recorded_at=at,
        derived_from=one.key,
    )
    audit.record("event.derived", event, by=None, at=at, kind=event.kind)
    event_recorded.send(sender=CareEvent, event=event, by=None, at=at)
    return event


def _held(patient: Patient) -> Patient:
    rows = Patient.objects.select_related("clinic")
    return rows.select_for_update(of=("self",)).get(pk=patient.pk)


def _in_force(event: CareEvent) -> CareEvent:
    event = CareEvent.objects.select_related("patient__clinic").get(pk=event.pk)
    if not event.is_in_force:
        raise EventNotInForce("This event was corrected or taken back already.")
    return event


def _refuse_untimely(patient: Patient, told: EventAsTold, at: datetime) -> None:
    """Nothing is recorded that has not happened, or of a day outside a life."""
    here, today = clinic_clock(patient.clinic, at), clinic_day(patient.clinic, at)
    if told.on is None:
        if told.hour is not None:
            raise EventRefused("Say the day too, or leave the time empty.", "hour")
        refuse_outside_life(patient, today, field="on")
        return
    if told.on > today:
        raise EventRefused("This day is still to come.", "on")
    if told.hour and datetime.combine(told.on, told.hour, here.tzinfo) > here:
        raise EventRefused("This time is still to come.", "hour")
    refuse_outside_life(patient, told.on, field="on")


def _refuse_answers(told: EventAsTold) -> None:
    """Refuse what the kind does not ask, or does not know as an answer."""
    asked = {one.key: one for one in pathways()[told.kind].questions}
    for key, value in told.answers.items():
        if key not in asked or value not in (*asked[key].choices, NOT_KNOWN):
            raise EventRefused("Choose one of the answers.", key)


def _row(patient: Patient, told: EventAsTold, by: Staff, at: datetime) -> CareEvent:
    return CareEvent(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=told.kind,
        happened_on=told.on or clinic_day(patient.clinic, at),
        is_day_known=told.on is not None,
        happened_time=told.hour,
        source=told.source,
        answers=dict(told.answers),
        words=told.words,
        recorded_at=at,
        recorded_by=by,
    )
