"""Pathways: what an event opens, step by step, each with its hours or days. Pure."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.instruments.registry import find
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.steps import SCHEDULE, DutySeverity, OwnerRole
from knowledge.tables import BadTable, shaped, shipped
from knowledge.wording.dates import day_at

HOURS_OF_A_DAY = 24
# The answer that nobody has; like no answer it becomes the question of the pathway.
NOT_KNOWN = "not_known"


class EventKind(StrEnum):
    """Every kind of event; what each is called and opens stands in the table."""

    OVERDOSE = "overdose"
    OVERDOSE_REVERSED = "overdose_reversed"
    OVERDOSE_FATAL = "overdose_fatal"
    USE = "use"
    ED_VISIT = "ed_visit"
    HOSPITAL_IN = "hospital_in"
    HOSPITAL_OUT = "hospital_out"
    CUSTODY_IN = "custody_in"
    CUSTODY_OUT = "custody_out"
    PREGNANCY_BEGUN = "pregnancy_begun"
    PREGNANCY_ENDED = "pregnancy_ended"
    MEDICINE_STOPPED = "medicine_stopped"
    MEDICINE_INTERRUPTED = "medicine_interrupted"
    DOSES_MISSED = "doses_missed"
    NO_SHOW = "no_show"
    NO_SHOWS_TWO = "no_shows_two"
    HOUSING_LOST = "housing_lost"
    VIOLENCE = "violence"
    BEREAVEMENT = "bereavement"
    WISH_TO_LEAVE = "wish_to_leave"
    TOXICOLOGY_UNEXPECTED = "toxicology_unexpected"
    OFF_TRACK = "off_track"
    SUICIDE_SCREEN = "suicide_screen"
    CALL_ASKED = "call_asked"
    HARD_WEEK = "hard_week"
    MOVED = "moved"
    KIT_WANTED = "kit_wanted"
    WROTE = "wrote"


class StepCondition(StrEnum):
    """What must hold of the person for a step to be owed."""

    ALWAYS = ""
    # No medicine for OUD is taken.
    OFF_MEDICINE = "off_medicine"
    # The clinic is an opioid treatment program.
    IN_PROGRAM = "in_program"
    # Unknown counts as yes.
    COULD_BE_PREGNANT = "could_be_pregnant"
    # Still there: no event that ends this one has been recorded since.
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventType(Cited):
    """One kind of event: `for_person` are the words that the person reads,
    `danger_days` how long the chart warns, `ends` the kinds that are over with it,
    `told_by` the flags of instruments that tell it (`weekly.use`)."""

    title: str
    for_person: str
    danger_days: int = 0
    is_derived: bool = False
    is_by_hand: bool = True
    ends: tuple[EventKind, ...] = ()
    leads_to: str = ""
    told_by: tuple[str, ...] = ()

    def is_dangerous(self, *, days_since: int) -> bool:
        return 0 <= days_since <= self.danger_days if self.danger_days else False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuestion:
    """A small answer that an event may have; while nobody knows it, `ask` is asked."""

    key: str
    of: tuple[EventKind, ...]
    label: str
    ask: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAct:
    """What is done, once for all events that ask for it."""

    title: str
    for_person: str
    role: OwnerRole
    kept_by: KeptBy
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeclaredStep(Cited):
    """A step as it stands in the table: its act, its events, its hours or its day."""

    act: str
    of: tuple[EventKind, ...]
    severity: DutySeverity
    title: str = ""
    role: OwnerRole | None = None
    within_hours: int | None = None
    day: int | None = None
    before: int | None = None
    after: int = 0
    only: StepCondition = StepCondition.ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathwayStep(Cited):
    """One timed step of one pathway. `kind` is the act: steps of several events with
    the same kind are one. Either `within_hours` counts, or `day`, open from `before`
    days earlier and until `after` days later."""

    kind: str
    title: str
    for_person: str
    role: OwnerRole
    severity: DutySeverity
    kept_by: KeptBy
    within_hours: int | None
    day: int | None
    before: int
    after: int
    only: StepCondition
    instruments: tuple[str, ...]

    @property
    def hours(self) -> int:
        """How long after the event it is due."""
        days = self.day or 0
        return self.within_hours or days * HOURS_OF_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pathway:
    """What one kind of event opens, in the order of time."""

    kind: EventKind
    about: EventType
    steps: tuple[PathwayStep, ...]
    questions: tuple[EventQuestion, ...]

    @property
    def last_day(self) -> int:
        """Days after which it asks for nothing any more, and warns of nothing."""
        days = [one.hours // HOURS_OF_A_DAY + one.after for one in self.steps]
        return max([self.about.danger_days, *days])


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step with its days for one event; `due_at` where the hour is known."""

    step: PathwayStep
    earliest_on: date
    due_on: date
    latest_on: date
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDay:
    """When an event was, and since which day the clinic knows of it; `at` on the
    clinic's clock where the hour is known, `on` None where the day is not."""

    known_on: date
    on: date | None = None
    at: datetime | None = None

    @property
    def day(self) -> date:
        """Of an event without a day: the day on which it became known."""
        return self.on or self.known_on


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _PathwayTable:
    """The file, by its parts."""

    kind: Mapping[EventKind, EventType]
    act: Mapping[str, StepAct]
    step: tuple[DeclaredStep, ...]
    question: tuple[EventQuestion, ...]


@cache
def told_by_answers() -> Mapping[tuple[str, str], EventKind]:
    """Which event a flag of an instrument tells, by instrument and what the flag says."""
    found = {}
    for kind, pathway in pathways().items():
        for name in pathway.about.told_by:
            instrument, _, flag = name.partition(".")
            found[instrument, find(instrument).flags[flag].says] = kind
    return found


@cache
def pathways() -> Mapping[EventKind, Pathway]:
    """Every kind of event with its pathway, in the order of the table."""
    raw = shipped()[SCHEDULE]["pathways"]
    table = shaped(_PathwayTable, raw, "schedule/pathways")
    return {
        kind: Pathway(
            kind=kind,
            about=about,
            steps=tuple(sorted(_steps_of(table, kind), key=_order)),
            questions=tuple(one for one in table.question if kind in one.of),
        )
        for kind, about in table.kind.items()
    }


def _order(step: PathwayStep) -> tuple[int, int]:
    """By time, and what endangers first."""
    return step.hours, [*DutySeverity].index(step.severity)


def _steps_of(table: _PathwayTable, kind: EventKind) -> Iterator[PathwayStep]:
    for one in table.step:
        if kind in one.of:
            yield _made(one, table.act)


def _made(one: DeclaredStep, acts: Mapping[str, StepAct]) -> PathwayStep:
    if one.act not in acts or (one.within_hours is None) == (one.day is None):
        raise BadTable(f"schedule/pathways: {one.act}: an act, and hours or a day")
    act = acts[one.act]
    return PathwayStep(
        kind=one.act,
        title=one.title or act.title,
        for_person=act.for_person,
        role=one.role or act.role,
        severity=one.severity,
        kept_by=act.kept_by,
        within_hours=one.within_hours,
        day=one.day,
        before=(one.day or 0) if one.before is None else one.before,
        after=one.after,
        only=one.only,
        instruments=act.instruments,
        source=one.source,
        tag=one.tag,
        cites=one.cites,
        checked=one.checked,
        since=one.since,
    )


def dated_steps(
    pathway: Pathway, event: EventDay, *, holding: Container[StepCondition]
) -> tuple[DatedStep, ...]:
    """The steps that one event asks for, with their days. `holding` are the conditions
    that hold. What was over before anybody knew of the event counts from the day it
    became known; of several contacts that were over, the first is enough."""
    owed = [
        _dated(step, event)
        for step in pathway.steps
        if step.only is StepCondition.ALWAYS or step.only in holding
    ]
    anew = EventDay(known_on=event.known_on)
    dated, is_contact_made_up = [], False
    for one in owed:
        if one.latest_on >= event.known_on:
            dated.append(one)
        elif not (is_contact_made_up and _is_contact(one.step)):
            dated.append(_dated(one.step, anew))
            is_contact_made_up |= _is_contact(one.step)
    return tuple(dated)


def _is_contact(step: PathwayStep) -> bool:
    return step.kept_by is KeptBy.CONTACT


def _dated(step: PathwayStep, event: EventDay) -> DatedStep:
    if step.within_hours is not None:
        return _within(step, event, timedelta(hours=step.within_hours))
    due = event.day + timedelta(days=step.day or 0)
    return DatedStep(
        step=step,
        earliest_on=due - timedelta(days=step.before),
        due_on=due,
        latest_on=due + timedelta(days=step.after),
    )


def _within(step: PathwayStep, event: EventDay, span: timedelta) -> DatedStep:
    """Without an hour the whole day of the event counts as its hour."""
    due_at = event.at + span if event.at else None
    due = (
        day_at(due_at, due_at.tzinfo or UTC)
        if due_at
        else event.day + timedelta(days=span.days)
    )
    last = due + timedelta(days=step.after)
    return DatedStep(step, event.day, due, last, due_at)


def open_questions(
    pathway: Pathway, answers: Mapping[str, str]
) -> tuple[EventQuestion, ...]:
    """What nobody knows yet of an event."""
    return tuple(
        one for one in pathway.questions if answers.get(one.key, NOT_KNOWN) == NOT_KNOWN
    )


def kinds_by_hand() -> tuple[EventKind, ...]:
    """Those that staff record, in the order of the table."""
    found = pathways().items()
    return tuple(kind for kind, one in found if one.about.is_by_hand)


def derived_kinds() -> tuple[EventKind, ...]:
    """Those that workers find in the record; some are recorded by hand too, where the
    record does not know of them."""
    found = pathways().items()
    return tuple(kind for kind, one in found if one.about.is_derived)


def kinds_ended_by(kind: EventKind) -> tuple[EventKind, ...]:
    """The kinds that are over with this one."""
    return pathways()[kind].about.ends
