"""Finding events in the record: for whom something changed, and once a day for whom time
alone can tell. Safe to do twice: each event names the rows that it rests on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Min, Q

from accounts.models import AuditEvent, Clinic
from accounts.tenancy import clinic_day
from aftercare.actions.events import DerivedEvent, record_derived
from aftercare.models import CareEvent
from aftercare.owed.program import METHADONE
from aftercare.record.events.from_record import (
    DoseDay,
    OrderedMedicine,
    PersonRecord,
    RecordSign,
    VisitDay,
    found_in,
)
from assessments.models import Assessment, Concern, IntakeAnswer
from jobs.queues import Batch
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from knowledge.schedule.pathways import EventKind, pathways, told_by_answers
from medications.clinic_policy.policy import policy_of
from medications.rules.dependence import OPIOIDS_IN_URINE
from patients.models import Visit
from treatment.models import DoseEvent, Regimen, ToxicologyResult
from treatment.queries import TAKEN

# An act is seen when its transaction ends, a moment after its own time.
OVERLAP = timedelta(minutes=1)
# How far back the very first round looks for what changed.
FIRST = timedelta(days=1)
CHANGES = (
    *("regimen.started", "regimen.stopped", "dose.recorded", "toxicology.recorded"),
    *("concern.raised", "event.recorded", "visit.recorded", "assessment.recorded"),
    *("intake.answered", "intake.confirmed", "intake.completed"),
)
LAST_OVERDOSE = "last_overdose_on"
# A day from memory is the same overdose as one that staff recorded next to it.
SAME_DAYS = timedelta(days=1)
PEOPLE_AT_ONCE = 500
LEVELS = Concern.Level


def find_events(batch: Batch, since: datetime | None) -> Counter[str]:
    """Keep every event that the record tells anew."""
    clinic = Clinic.objects.get(pk=batch.clinic_id)
    ids = _changed(batch, since)
    if since is None or clinic_day(clinic, since) < batch.on:
        ids |= _by_time_alone(batch)
    wanted = sorted(ids)
    found = 0
    for start in range(0, len(wanted), PEOPLE_AT_ONCE):
        some = wanted[start : start + PEOPLE_AT_ONCE]
        found += len(record_derived(_found(some, clinic, batch), at=batch.at))
    return +Counter(found=found)


def _changed(batch: Batch, since: datetime | None) -> set[int]:
    told = AuditEvent.objects.filter(
        clinic_id=batch.clinic_id,
        verb__in=CHANGES,
        at__range=((since or batch.at - FIRST) - OVERLAP, batch.at),
    )
    ids = told.values_list("patient_id", flat=True).distinct()
    return {pk for pk in ids if pk is not None}


def _by_time_alone(batch: Batch) -> set[int]:
    """Whose injection may have come to the end of its window, or of its cover; who may
    not have come for doses that nobody wrote down as missed."""
    since = batch.on - _longest(EventKind.MEDICINE_STOPPED)
    is_depot = Q(medication__in=medicines().depots)
    is_open, is_recent = Q(stopped_on=None), Q(stopped_on__gte=since)
    its = Regimen.objects.filter(
        (is_depot & (is_open | is_recent)) | (Q(medication=METHADONE) & is_open),
        clinic=batch.clinic_id,
    )
    return set(its.values_list("patient", flat=True))


def _longest(kind: EventKind) -> timedelta:
    """How long an event of a kind asks for anything: older ones are not looked for."""
    return timedelta(days=pathways()[kind].last_day)


def _found(ids: list[int], clinic: Clinic, batch: Batch) -> Iterator[DerivedEvent]:
    edition = knowledge().on(batch.on, policy_of(clinic.pk))
    for record in _records(ids, clinic, batch.on):
        for one in found_in(record, on=batch.on, edition=edition):
            if one.on >= batch.on - _longest(one.kind):
                yield DerivedEvent(
                    patient_id=record.patient_id,
                    kind=one.kind,
                    on=one.on,
                    key=one.key,
                )


def _records(ids: list[int], clinic: Clinic, on: date) -> Iterable[PersonRecord]:
    """What is needed of these people, in eight statements."""
    records = {pk: PersonRecord(pk) for pk in ids}
    for order in Regimen.objects.filter(patient__in=ids).order_by("pk"):
        records[order.patient_id].orders.append(
            OrderedMedicine(
                order.pk, order.medication, order.started_on, order.stopped_on
            )
        )
    doses = DoseEvent.objects.filter(
        patient__in=ids, kind__in=(*TAKEN, DoseEvent.Kind.MISSED), on__lte=on
    )
    for pk, medication, kind, day in doses.values_list(
        "patient", "medication", "kind", "on"
    ):
        records[pk].doses.append(DoseDay(medication, day, kind in TAKEN))
    for pk, visit in _visits(ids, on):
        records[pk].visits.append(visit)
    signs = (
        *_results(ids, clinic),
        *_concerns(ids, clinic),
        *_answers(ids, clinic),
        *_overdoses(ids, on),
    )
    for pk, sign in signs:
        records[pk].signs.append(sign)
    return records.values()


def _visits(ids: list[int], on: date) -> Iterator[tuple[int, VisitDay]]:
    """Visits of the record, and what staff recorded as a missed one."""
    kept = (Visit.Status.ATTENDED, Visit.Status.MISSED)
    for visit in Visit.objects.filter(patient__in=ids, on__lte=on, status__in=kept):
        is_missed = visit.status == Visit.Status.MISSED
        yield visit.patient_id, VisitDay(f"visit:{visit.pk}", visit.on or on, is_missed)
    events = CareEvent.objects.in_force().filter(
        patient__in=ids, kind=EventKind.NO_SHOW
    )
    for pk, row, day in events.values_list("patient", "pk", "happened_on"):
        yield pk, VisitDay(f"event:{row}", day, is_missed=True)


def _results(ids: list[int], clinic: Clinic) -> Iterator[tuple[int, RecordSign]]:
    """Specimens, each its results of one moment, that lack what the medicine shows or
    hold an opioid that it does not."""
    present = ToxicologyResult.Result.POSITIVE
    is_other = Q(result=present, is_expected=None, analyte__in=OPIOIDS_IN_URINE)
    rows = (
        ToxicologyResult.objects.filter(
            Q(is_expected=False) | is_other, patient__in=ids
        )
        .values_list("patient", "collected_at")
        .annotate(first=Min("pk"))
        .order_by("first")
    )
    for pk, collected_at, first in rows:
        day = clinic_day(clinic, collected_at)
        kind = EventKind.TOXICOLOGY_UNEXPECTED
        yield pk, RecordSign(f"toxicology:{first}", kind, day)


def _concerns(ids: list[int], clinic: Clinic) -> Iterator[tuple[int, RecordSign]]:
    """A score off track, and a screen that asks for an evaluation at once."""
    is_grave = Q(kind=Concern.Kind.SUICIDE_RISK, level__gte=LEVELS.UNSCREENED)
    rows = Concern.objects.open().filter(
        is_grave | Q(kind=Concern.Kind.OFF_TRACK), patient__in=ids
    )
    for pk, row, kind, at in rows.values_list("patient", "pk", "kind", "raised_at"):
        is_course = kind == Concern.Kind.OFF_TRACK
        event = EventKind.OFF_TRACK if is_course else EventKind.SUICIDE_SCREEN
        yield pk, RecordSign(f"concern:{row}", event, clinic_day(clinic, at))


def _answers(ids: list[int], clinic: Clinic) -> Iterator[tuple[int, RecordSign]]:
    """Answers that tell an event by themselves, each kind once of one sheet."""
    told = told_by_answers()
    rows = Assessment.objects.in_force().filter(
        patient__in=ids, instrument__in={instrument for instrument, _ in told}
    )
    for pk, row, instrument, flags, at in rows.values_list(
        "patient", "pk", "instrument", "flags", "given_at"
    ):
        kinds = {told[instrument, says] for says in flags if (instrument, says) in told}
        for kind in sorted(kinds):
            key = f"assessment:{row}:{kind}"
            yield pk, RecordSign(key, kind, clinic_day(clinic, at))


def _overdoses(ids: list[int], on: date) -> Iterator[tuple[int, RecordSign]]:
    """The last overdose that an intake tells of with its day, as long as it is dangerous
    and no event says so."""
    about = pathways()[EventKind.OVERDOSE].about
    said = IntakeAnswer.objects.filter(
        patient__in=ids, question=LAST_OVERDOSE, is_known=True
    )
    newest = said.order_by("patient", "-answered_at", "-pk").distinct("patient")
    recorded = defaultdict(list)
    events = CareEvent.objects.in_force().filter(
        patient__in=ids, kind__in=[EventKind.OVERDOSE, EventKind.OVERDOSE_REVERSED]
    )
    for pk, day in events.values_list("patient", "happened_on"):
        recorded[pk].append(day)
    for pk, value in newest.values_list("patient", "value"):
        day = date.fromisoformat(str(value))
        near = any(abs(other - day) <= SAME_DAYS for other in recorded[pk])
        if about.is_dangerous(days_since=(on - day).days) and not near:
            key = f"intake:{pk}:overdose:{day}"
            yield pk, RecordSign(key, EventKind.OVERDOSE, day)
