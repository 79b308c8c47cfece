"""States of people's care, read from the record; a fixed number of statements for any
number of people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic
from aftercare.models import OutreachAttempt
from aftercare.owed.state import (
    CarePhase,
    CareState,
    ClinicState,
    ConcernState,
    EpisodeState,
    EventState,
    Evidence,
    MeasureState,
    PlanState,
    TreatmentState,
)
from aftercare.record.alert_states import open_alerts
from aftercare.record.closings import Found, closed, dropped
from aftercare.record.events.open_events import EventNow, events_of
from aftercare.record.groups import came_to, group_states
from aftercare.record.hard_days import hard_day_states
from aftercare.record.kits import kit_states
from aftercare.record.referral_states import open_referrals
from aftercare.record.repeats import repeat_states
from assessments.models import Assessment, Concern, IntakeAnswer, Observation
from knowledge.medicines import medicines
from knowledge.schedule.injections import injection_rules
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.standing import results_that_keep
from knowledge.schedule.steps import plan_steps
from knowledge.wording.dates import day_at
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.episodes import EpisodeNow, current_episodes
from patients.models import Patient, Visit
from plans.models import Plan, PlanReview
from treatment.current import treatments_of
from treatment.models import DoseEvent, ToxicologyResult
from treatment.now import TreatmentNow

PHASES = {
    Patient.Status.REFERRED: CarePhase.REFERRED,
    Patient.Status.IN_INTAKE: CarePhase.REFERRED,
    Patient.Status.ACTIVE: CarePhase.IN_CARE,
    Patient.Status.AFTERCARE: CarePhase.IN_CARE,
    Patient.Status.ON_HOLD: CarePhase.ON_HOLD,
    Patient.Status.DISCHARGED: CarePhase.LEFT,
    Patient.Status.DECEASED: CarePhase.DIED,
}
REACHED = (
    OutreachAttempt.Outcome.REACHED_COMING,
    OutreachAttempt.Outcome.REACHED_NOT_COMING,
)
FACE_TO_FACE = (OutreachAttempt.Channel.IN_PERSON, OutreachAttempt.Channel.VIDEO)
TAKEN = (
    DoseEvent.Kind.ADMINISTERED,
    DoseEvent.Kind.DISPENSED,
    DoseEvent.Kind.TAKE_HOME,
)
CSSRS, METHADONE, PEG, PAIN = "cssrs", "MTD", "peg", "pain"
INSTRUMENT = "instrument:"
# Evidence that a talk face to face is too.
TALKED = (KeptBy.CONTACT, KeptBy.VISIT)

type Kept = dict[int, dict[str, set[Evidence]]]


@dataclass(frozen=True, slots=True)
class CareRecord:
    """What the statements found of the people of one clinic."""

    clinic: Clinic
    ids: Sequence[int]
    on: date
    zone: ZoneInfo

    @property
    def years(self) -> date:
        """The first day of what is read of the past: two years are longer than any duty."""
        first_year = plan_steps().numbers["first_year"].days
        return self.on - timedelta(days=first_year + first_year)

    @property
    def since(self) -> datetime:
        """The first moment of that day."""
        return datetime.combine(self.years, time.min, tzinfo=self.zone)

    @property
    def lately(self) -> date:
        """The first day of the doses that are read one by one."""
        return read_back_to(self.on)


def read_back_to(on: date) -> date:
    """The first day from which everything is read that was done."""
    return on - timedelta(days=plan_steps().numbers["horizon"].days)


def states_of(
    patients: Iterable[Patient], *, clinic: Clinic, on: date
) -> dict[int, CareState]:
    """The state of each at the end of a day, as it is on record now."""
    people = {one.pk: one for one in patients}
    record = CareRecord(clinic, list(people), on, ZoneInfo(clinic.time_zone))
    now = treatments_of(record.ids, on=on)
    kept, totals = _kept(record)
    kits = kit_states(record.ids, kept, on=on)
    hard_days = hard_day_states(record.ids, kept, zone=record.zone)
    injections = _injections(record, kept, now)
    plans, concerns = _plans(record), _concerns(record)
    referrals = open_referrals(record.ids)
    last_taken = _last_taken(record)
    alerts = open_alerts(record.ids, record.zone)
    events, pains = events_of(record.ids, record.years), _pains(record)
    cancelled = dropped(record.ids, record.years)
    episodes = current_episodes(record.ids)
    episode = {pk: _episode(one, episodes.get(pk)) for pk, one in people.items()}
    begun = {pk: one.referred_on for pk, one in episode.items()}
    repeats = repeat_states(begun, record.zone)
    open_days = open_days_of(clinic)
    groups = group_states(record.ids, today=on, days=open_days)
    of_clinic = ClinicState(
        is_otp=clinic.is_otp,
        chosen=numbers_of(clinic.pk),
        open_days=open_days,
    )
    return {
        pk: CareState(
            patient=str(pk),
            phase=PHASES[Patient.Status(person.status)],
            episode=episode[pk],
            clinic=of_clinic,
            plan=_plan_state(plans.get(pk), record, since=begun[pk]),
            treatment=_treatment(
                now[pk], injections.get(pk, ()), last_taken.get(pk), on, since=begun[pk]
            ),
            events=tuple(_event(one, record) for one in events.get(pk, ())),
            concerns=(*concerns[pk], *alerts[pk].unsent),
            alert_on=alerts[pk].climbs_on,
            referrals=tuple(referrals[pk]),
            repeats=tuple(repeats[pk]),
            groups=tuple(groups[pk]),
            kit=kits.get(pk),
            hard_days=hard_days.get(pk, ()),
            could_be_pregnant=person.sex_at_birth != Patient.Sex.MALE,
            measures=MeasureState(
                last_total=totals[pk],
                has_pain=True if totals[pk].get(PEG) else pains.get(pk),
            ),
            kept={key: tuple(sorted(found)) for key, found in kept[pk].items()},
            dropped={key: tuple(sorted(days)) for key, days in cancelled[pk].items()},
        )
        for pk, person in people.items()
    }


def _episode(person: Patient, now: EpisodeNow | None) -> EpisodeState:
    """The episode of now; a record without one was never more than referred."""
    if now is None:
        return EpisodeState(
            number=1, referred_on=person.referred_on, admitted_on=person.admitted_on
        )
    return EpisodeState(
        number=now.number,
        referred_on=now.referred_on,
        called_after=now.called_after,
        admitted_on=now.admitted_on,
        left_on=now.left_on,
        declined_on=now.declined_on,
    )


def _event(one: EventNow, record: CareRecord) -> EventState:
    return EventState(
        key=str(one.pk),
        kind=one.kind,
        when=one.day_of(record.zone),
        recorded_at=one.recorded_at,
        ended_on=one.ended_on,
    )


def _plans(record: CareRecord) -> dict[int, Plan]:
    rows = Plan.objects.in_force().filter(patient__in=record.ids)
    fields = ("patient", "version", "signed_at")
    return {one.patient_id: one for one in rows.only(*fields)}


def _plan_state(
    plan: Plan | None, record: CareRecord, *, since: date
) -> PlanState | None:
    """The plan of this episode: one of an earlier episode is read, and promises nothing."""
    if plan is None or plan.signed_at is None:
        return None
    signed_on = day_at(plan.signed_at, record.zone)
    if signed_on < since:
        return None
    return PlanState(key=str(plan.pk), version=plan.version, signed_on=signed_on)


def _treatment(
    now: TreatmentNow,
    injections: tuple[date, ...],
    last_taken_on: date | None,
    on: date,
    *,
    since: date,
) -> TreatmentState:
    """What is taken, and what was stopped in this episode."""
    main, ended = now.main, now.ended
    if ended is not None and ended.stopped_on is not None and ended.stopped_on < since:
        ended = None
    missed = 0
    if main and main.medication == METHADONE and last_taken_on is not None:
        # Today's dose may still come.
        missed = max((on - last_taken_on).days - 1, 0)
    return TreatmentState(
        medication=main.medication if main else None,
        started_on=main.started_on if main else None,
        stopped=ended.medication if ended else None,
        stopped_on=ended.stopped_on if ended else None,
        injections=injections,
        last_taken_on=last_taken_on,
        missed_days=missed,
    )


def _last_taken(record: CareRecord) -> dict[int, date]:
    """The last day on which anything for OUD was taken."""
    rows = DoseEvent.objects.filter(
        patient__in=record.ids, kind__in=TAKEN, on__lte=record.on
    )
    found = rows.order_by("patient", "-on").distinct("patient")
    return dict(found.values_list("patient", "on"))


def _injections(
    record: CareRecord, kept: Kept, now: Mapping[int, TreatmentNow]
) -> dict[int, tuple[date, ...]]:
    """The first day of a depot, every dose given here since, and injections kept as
    follow-ups where nobody wrote the dose down."""
    found = {}
    for pk, treatment in now.items():
        order = treatment.main or treatment.ended
        if order is None or not medicines()[order.medication].is_depot:
            continue
        days = {one.on for one in kept[pk].get(KeptBy.INJECTION, ())}
        until = order.stopped_on or record.on
        since = {day for day in days if order.started_on <= day <= until}
        if order.started_on <= record.on:
            since.add(order.started_on)
        found[pk] = tuple(sorted(since))
    return found


def _concerns(record: CareRecord) -> dict[int, list[ConcernState]]:
    found: dict[int, list[ConcernState]] = defaultdict(list)
    rows = Concern.objects.open().filter(patient__in=record.ids)
    for one in rows.pressing_first():
        found[one.patient_id].append(
            ConcernState(
                key=str(one.pk),
                kind=one.kind,
                level=one.level,
                raised_on=day_at(one.raised_at, record.zone),
                raised_at=one.raised_at,
                reason=one.reason,
                cause=one.cause,
            )
        )
    return found


def _kept(record: CareRecord) -> tuple[Kept, dict[int, dict[str, float]]]:
    """Everything that keeps a promise, and the last total of each instrument."""
    kept: Kept = defaultdict(lambda: defaultdict(set))
    for pk, key, on, at in (
        *_talks(record),
        *_doses(record),
        *_specimens(record),
        *_results(record),
        *_signatures(record),
        *came_to(record.ids, record.lately),
        *closed(record.ids, record.zone),
    ):
        kept[pk][key].add(Evidence(on, at))
    totals: dict[int, dict[str, float]] = defaultdict(dict)
    for pk, instrument, total, mode, at in _given(record):
        on = day_at(at, record.zone)
        kept[pk][f"{INSTRUMENT}{instrument}"].add(Evidence(on, at))
        if instrument == CSSRS:
            kept[pk][KeptBy.CSSRS].add(Evidence(on, at))
        if mode == Assessment.Mode.STAFF:
            # Asked face to face or by telephone: a talk, and not known to be a visit.
            kept[pk][KeptBy.CONTACT].add(Evidence(on, at))
        if total is not None:
            totals[pk][instrument] = float(total)
    return kept, totals


def _talks(record: CareRecord) -> Found:
    """Who was reached, and who came."""
    tries = OutreachAttempt.objects.filter(
        patient__in=record.ids, outcome__in=REACHED, taken_back_at=None
    )
    for pk, channel, day, at in tries.values_list(
        "patient", "channel", "happened_on", "made_at"
    ):
        on = day or day_at(at, record.zone)
        yield pk, KeptBy.CONTACT, on, at
        if channel in FACE_TO_FACE:
            yield pk, KeptBy.VISIT, on, at
    visits = Visit.objects.filter(
        patient__in=record.ids, status=Visit.Status.ATTENDED, on__gte=record.years
    )
    for pk, came_on, at in visits.values_list("patient", "on", "recorded_at"):
        # One whose day nobody knows keeps nothing.
        if came_on is not None:
            yield from ((pk, key, came_on, at) for key in TALKED)


def _doses(record: CareRecord) -> Found:
    """Doses of late, and every injection."""
    rows = DoseEvent.objects.filter(patient__in=record.ids, on__lte=record.on)
    lately = rows.filter(kind__in=TAKEN, on__gte=record.lately)
    for pk, on, at in lately.values_list("patient", "on", "recorded_at"):
        yield pk, KeptBy.DOSE, on, at
    depots = rows.filter(
        kind=DoseEvent.Kind.ADMINISTERED, medication__in=list(injection_rules())
    )
    for pk, on, at in depots.values_list("patient", "on", "recorded_at"):
        for key in (KeptBy.INJECTION, *TALKED):
            yield pk, key, on, at


def _specimens(record: CareRecord) -> Found:
    rows = ToxicologyResult.objects.filter(
        patient__in=record.ids, collected_at__gte=record.since
    ).exclude(result=ToxicologyResult.Result.INVALID)
    found = rows.order_by("patient", "collected_at").distinct("patient", "collected_at")
    for pk, collected_at, at in found.values_list(
        "patient", "collected_at", "recorded_at"
    ):
        yield pk, KeptBy.TOXICOLOGY, day_at(collected_at, record.zone), at


def _results(record: CareRecord) -> Found:
    keeps: dict[str, list[str]] = defaultdict(list)
    for key, codes in results_that_keep().items():
        for code in codes:
            keeps[code].append(key)
    rows = Observation.objects.filter(
        patient__in=record.ids,
        code__in=list(keeps),
        error_at=None,
    )
    for pk, code, effective_at, at in rows.values_list(
        "patient", "code", "effective_at", "recorded_at"
    ):
        for key in keeps[code]:
            yield pk, key, day_at(effective_at, record.zone), at


def _signatures(record: CareRecord) -> Found:
    """A signed version is the review of a plan, and what an admission asks for; so is a
    review that changed nothing."""
    rows = Plan.objects.filter(patient__in=record.ids)
    for pk, at in rows.values_list("patient", "signed_at"):
        if at is None:
            continue
        on = day_at(at, record.zone)
        for key in (KeptBy.PLAN_VERSION, KeptBy.PLAN_REVIEW, KeptBy.ASSESSMENT):
            yield pk, key, on, at
    reviews = PlanReview.objects.standing().filter(patient__in=record.ids)
    for pk, at in reviews.values_list("patient", "reviewed_at"):
        yield pk, KeptBy.PLAN_REVIEW, day_at(at, record.zone), at


def _pains(record: CareRecord) -> dict[int, bool]:
    """Whether the last answer named any pain, of those who were asked."""
    rows = IntakeAnswer.objects.filter(
        patient__in=record.ids, question=PAIN, is_known=True
    )
    last = rows.order_by("patient", "-answered_at", "-pk").distinct("patient")
    return {pk: bool(value) for pk, value in last.values_list("patient", "value")}


def _given(
    record: CareRecord,
) -> Iterator[tuple[int, str, Decimal | None, str, datetime]]:
    """Instruments as they were answered in full, the last one last."""
    rows = Assessment.objects.in_force().filter(
        patient__in=record.ids,
        status=Assessment.Status.COMPLETE,
        given_at__gte=record.since,
    )
    yield from rows.order_by("given_at", "pk").values_list(
        "patient", "instrument", "total", "mode", "given_at"
    )
