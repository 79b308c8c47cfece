"""The header of a chart: a person in twenty seconds. Reads across apps, changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from accounts.tenancy import day_here
from aftercare.models import FollowUp
from aftercare.models.site_moves import FIRST_VISIT
from aftercare.record.alerts import with_alert
from aftercare.record.events.dangers import (
    DangerWindow,
    dangers_beside,
    events_beside,
)
from assessments.change.points import Point
from assessments.facts import NEVER
from assessments.models import Concern
from assessments.picture import Picture, State
from assessments.picture.assemble import picture_from, subject_of
from assessments.picture.from_record import (
    ALLERGIES,
    OTHER_ALLERGY,
    RecordEntry,
)
from assessments.picture.own_sources import TOLD
from assessments.picture.queries import RECORD
from assessments.picture.sources import Subject
from assessments.scores.points import recent_points
from knowledge.editions import knowledge
from knowledge.instruments.titles import short_title
from knowledge.medicines import medicines
from knowledge.names import recognise_allergen
from knowledge.wording.amounts import amount, listed, milligrams
from medications.rules.under_way import are_missed
from patients.consents.reader import consent_words, consents_of
from patients.models import Patient
from reports.chart.fact_values import NOT_RECOGNISED, with_what_is_known
from reports.chart.kits import kit_words
from reports.chart.most_pressing import (
    HeaderFact,
    death_of,
    line_of,
    not_confirmed,
    risk_of,
    without_a_plan,
)
from reports.chart.words import (
    day_named,
    day_words,
    moment_named,
    stage_words,
)
from treatment.current import treatment_in
from treatment.log import MISSED, LoggedDose, doses_until
from treatment.now import Order
from treatment.wording import medicine_words

RECENT, LAST_ENTRIES = 40, 3
LAST_OPIOID = ("last_short_acting_dt", "last_fentanyl_dt", "last_long_acting_dt")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says, in its order: who, on what, when last, which way, what next."""

    stage: str
    allergies: str
    allergies_known: bool
    pregnancy: str
    consent: str
    kit: str
    facts: tuple[HeaderFact, ...]
    risk: HeaderFact | None
    waiting: int
    late: int
    # What was read for it, for a page that shows more of the same.
    concerns: list[Concern]
    follow_ups: list[FollowUp]
    doses: list[LoggedDose]
    scores: list[Point]
    # What events warn of; None where the page did not read it along.
    dangers: tuple[DangerWindow, ...] | None = None

    @property
    def pregnancy_known(self) -> bool:
        return bool(self.pregnancy)


def header_of(
    patient: Patient,
    *,
    at: datetime,
    subject: Subject | None = None,
    points: Sequence[Point] | None = None,
    plans: Collection[str] | None = None,
    log: Sequence[LoggedDose] | None = None,
    owed: Sequence[FollowUp] | None = None,
    concerns: Sequence[Concern] | None = None,
) -> Header:
    """Everything the sticky header needs, in few queries; `subject` is the person's
    facts, `points` their scores, oldest first, `plans` the states of their plans, `log`
    their doses, latest first, `owed` what is open by day, `concerns` the pressing first,
    where a page has read them already."""
    subject = subject or subject_of(patient, at=at, only=TOLD)
    picture, today = picture_from(subject), day_here(at)
    follow_ups = _owed(patient, today) if owed is None else list(owed[:RECENT])
    doses = (
        doses_until(patient.pk, today, most=RECENT)
        if log is None
        else list(log[:RECENT])
    )
    scores = (
        recent_points(patient, at=at, most=RECENT)
        if points is None
        else list(reversed(points))[:RECENT]
    )
    due = [f for f in follow_ups if f.earliest_on <= today]
    late = [f for f in due if f.latest_on < today]
    allergies, known = _allergies(subject, picture, at)
    concerns = _concerns(patient) if concerns is None else list(concerns)
    medicine = _medicine(subject, doses, follow_ups)
    return Header(
        stage=stage_words(patient.status, patient.admitted_on, at),
        allergies=allergies,
        allergies_known=known,
        pregnancy=_pregnancy(patient, picture, at),
        consent=consent_words(consents_of(patient, at=at), today),
        kit=kit_words(subject, picture, at),
        facts=(
            medicine,
            _last_dose(doses, at) if doses else _last_opioid(picture, at),
            _trend(scores, at),
            _next_due(follow_ups, at),
        ),
        risk=death_of(patient)
        or risk_of(patient, picture, concerns, follow_ups, at)
        or not_confirmed(medicine)
        or without_a_plan(patient, plans),
        waiting=len(due),
        late=len(late),
        concerns=concerns,
        follow_ups=follow_ups,
        doses=doses,
        scores=scores,
        dangers=_dangers(follow_ups, today),
    )


def _dangers(
    follow_ups: list[FollowUp], today: date
) -> tuple[DangerWindow, ...] | None:
    """Read along with what is owed, where anything is."""
    if not follow_ups or not hasattr(follow_ups[0], "events"):
        return None
    return dangers_beside(follow_ups[0].events, on=today)


def _concerns(patient: Patient) -> list[Concern]:
    rows = with_alert(Concern.objects.open()).filter(patient=patient)
    return list(rows.pressing_first()[:RECENT])


def _owed(patient: Patient, today: date) -> list[FollowUp]:
    rows = FollowUp.objects.open().filter(patient=patient)
    related = rows.select_related("assigned_to")
    with_line = related.annotate(
        line=Subquery(line_of(OuterRef("patient"))), events=events_beside(today)
    )
    return list(with_line.order_by("due_on", "pk")[:RECENT])


def _allergies(subject: Subject, picture: Picture, at: datetime) -> tuple[str, bool]:
    """The list as it was written down; nothing on it only where somebody asked."""
    known = picture.known("allergy")
    if known is None:
        return "Not asked", False
    entries = [e for e in subject.rows[RECORD] if e.kind in ALLERGIES]
    if not known.value:
        none = "None current" if entries else "None known"
        return f"{none}, asked {day_words(known.as_of, at)}", True
    written = [_allergy_words(entry) for entry in entries if entry.holds]
    told = sorted(map(with_what_is_known, _members(known.value)))
    return ", ".join(written or told), True


def _allergy_words(entry: RecordEntry) -> str:
    """As it was written, and said where nobody recognises it."""
    is_known = entry.kind != OTHER_ALLERGY or recognise_allergen(entry.text).is_known
    return entry.text if is_known else f"{entry.text} ({NOT_RECOGNISED})"


def _members(value: object) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _pregnancy(patient: Patient, picture: Picture, at: datetime) -> str:
    """Words for what is known, with its day; empty where nobody knows any more."""
    if patient.sex_at_birth == Patient.Sex.MALE:
        return "Not applicable"
    known = picture.known("pregnancy")
    if known is None:
        return ""
    how = "test" if known.source == "pregnancy test" else "asked"
    day = day_words(known.as_of, at)
    is_fresh = picture.state("pregnancy") is State.KNOWN
    if known.value is True:
        # After the longest pregnancy nobody has written down how it ended.
        return f"{'Pregnant' if is_fresh else 'Ask: was pregnant'}, {how} {day}"
    return f"Not pregnant, {how} {day}" if is_fresh else f"Not known since {day}"


def _last_opioid(picture: Picture, at: datetime) -> HeaderFact:
    """Before there are doses, the hour of the last use is what a start waits for."""
    told = [picture.value(name) for name in LAST_OPIOID]
    moments = [m for m in told if isinstance(m, datetime)]
    if not moments:
        return HeaderFact("Last opioid", "Not asked", is_known=False)
    last = max(moments)
    words = "Never" if last == NEVER else moment_named(last, at)
    return HeaderFact("Last opioid", words)


def _medicine(
    subject: Subject, doses: list[LoggedDose], follow_ups: list[FollowUp]
) -> HeaderFact:
    """What is taken now, several at once where they overlap; an order that lies ahead
    by its first day. A daily one of which doses were missed is interrupted: its amount
    is what was, and not to be given on. Where nothing was ordered here, what another
    site told is neither "none" nor a dose, until they were seen."""
    treatment = treatment_in(subject)
    gap = _interrupted(treatment.main, doses, subject.today)
    if gap:
        return gap
    is_new_here = not (treatment.taken or treatment.ahead or treatment.ended)
    first_visit = next((one for one in follow_ups if one.title == FIRST_VISIT), None)
    if is_new_here and first_visit:
        return HeaderFact(
            "Medicine", "Ask what they take", first_visit.reason, is_known=False
        )
    value, context = medicine_words(treatment)
    return HeaderFact("Medicine", value, context or "no medicine for OUD yet")


def _interrupted(
    order: Order | None, doses: list[LoggedDose], today: date
) -> HeaderFact | None:
    """By the last dose under the order; None where nothing was missed, or nothing
    taken under it yet."""
    if order is None or not medicines()[order.medication].dose_fact:
        return None
    its = (d for d in doses if d.is_taken and d.medication == order.medication)
    last = next(its, None)
    if last is None or last.on < order.started_on:
        return None
    days, day_of = (today - last.on).days - 1, order.day_number(today)
    if not are_missed(order.medication, days, day_of, knowledge().on(today)):
        return None
    was = f"was {milligrams(last.amount_mg).strip()}" if last.amount_mg else ""
    return HeaderFact(
        "Medicine",
        f"{medicines()[order.medication].line}, interrupted",
        listed([was, f"{days} days missed"]),
    )


def _last_dose(doses: list[LoggedDose], at: datetime) -> HeaderFact:
    """The last dose that was taken, and what of the last three entries was missed."""
    last = next((d for d in doses if d.is_taken), None)
    missed = [d.on for d in doses[:LAST_ENTRIES] if d.kind == MISSED]
    words = milligrams(last.amount_mg).strip() if last else ""
    if missed:
        words = "missed " + ", ".join(day_named(day, at) for day in reversed(missed))
    value = day_named(last.on, at) if last else "None taken in the last entries"
    return HeaderFact("Last dose", value, words)


def _trend(recent: list[Point], at: datetime) -> HeaderFact:
    scores = [point for point in recent if point.total is not None]
    if not scores:
        return HeaderFact("Last score", "No score yet", is_known=False)
    latest = scores[0]
    series = [s for s in scores if s.instrument == latest.instrument]
    label = f"{short_title(latest.instrument)}, {day_named(latest.at, at)}"
    value = f"{amount(latest.total)}" + (f", {latest.band}" if latest.band else "")
    earlier = (
        f"{amount(series[1].total)} on {day_named(series[1].at, at)}"
        if len(series) > 1
        else "no earlier score"
    )
    return HeaderFact(label, value, earlier)


def _next_due(follow_ups: list[FollowUp], at: datetime) -> HeaderFact:
    """What comes next; what is late already stands among what presses."""
    today = day_here(at)
    coming = [f for f in follow_ups if f.latest_on >= today]
    if not coming:
        return HeaderFact("Next due", "Nothing planned", "a signed plan schedules it")
    first = coming[0]
    then = (
        f"then {coming[1].title[0].lower()}{coming[1].title[1:]}"
        if len(coming) > 1
        else "nothing after it yet"
    )
    title = first.title.rstrip(".")
    return HeaderFact("Next due", f"{title}, {day_words(first.due_on, at)}", then)
