"""Stops and absences of the cohort, replayed: what would have been owed. No Django.

The days are found by the reader of events that the clinic uses, and what is owed on them
is worked out by the engine itself, from the doses and visits up to that day alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from aftercare.owed.owed import owed
from aftercare.owed.promise import Promise
from aftercare.owed.state import (
    CarePhase,
    CareState,
    ClinicState,
    EpisodeState,
    EventState,
    Evidence,
    TreatmentState,
)
from aftercare.record.events.from_record import (
    DoseDay,
    FoundEvent,
    OrderedMedicine,
    PersonRecord,
    VisitDay,
    found_in,
)
from interop.cohort import courses, files
from interop.cohort.records import Dose, Randomization, Visited
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, noon, rows
from knowledge.editions import Edition, knowledge
from knowledge.medicines import medicines
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.pathways import EventDay, EventKind, pathways
from medications.rules.under_way import INTERVALS, USUAL_INTERVAL

DAY = timedelta(days=1)
# What is owed beyond this day after it is care as usual.
LOOKED_AHEAD = timedelta(days=7)
# Acts that come up in less than one of so many events stand together.
FEW = 50
KINDS = (
    EventKind.DOSES_MISSED,
    EventKind.MEDICINE_INTERRUPTED,
    EventKind.NO_SHOWS_TWO,
    EventKind.MEDICINE_STOPPED,
)
VISITS = ("who", "visit", "what", "when")
DEAD = "is_dead"


@dataclass(slots=True)
class CohortCourse:
    """What is on file of one person: their medicine, doses and visits."""

    who: int
    drawn: list[Randomization] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    visits: list[Visited] = field(default_factory=list)
    is_dead: bool = False

    def orders(self) -> list[OrderedMedicine]:
        """From the first dose on file to the day after the last, as they are imported; a
        second drawing begins another."""
        second = next((one.on for one in self.drawn if one.which > 1), None)
        days: dict[tuple[str, bool], list[date]] = defaultdict(list)
        for one in self.doses:
            days[one.medication, second is not None and one.on >= second].append(one.on)
        return [
            OrderedMedicine(number, medication, min(its), max(its) + DAY)
            for number, ((medication, _), its) in enumerate(sorted(days.items()), 1)
        ]


@dataclass(frozen=True, slots=True)
class ReplayedEvent:
    """One stop or absence, what is owed because of it, and when they were seen again."""

    who: int
    kind: EventKind
    on: date
    owed: tuple[Promise, ...]
    back_on: date | None

    @property
    def trial_day(self) -> int:
        return (self.on - NOMINAL_CONSENT).days

    @property
    def days_away(self) -> int | None:
        return (self.back_on - self.on).days if self.back_on else None

    def over_before_back(self) -> list[Promise]:
        """What would have been missed had nobody done it before they came by themselves."""
        return [
            one
            for one in self.owed
            if self.back_on is None or one.latest < self.back_on
        ]


@dataclass(slots=True)
class CohortReplay:
    """Everybody's, and of whom none was replayed, with why."""

    people: int = 0
    events: list[ReplayedEvent] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def replay(folder: Path, *, up_to: int | None = None) -> CohortReplay:
    """Everybody with a dose on file; `up_to` a number, those up to it."""
    edition = knowledge().on(NOMINAL_CONSENT)
    found = CohortReplay()
    for course in read_courses(folder, up_to).values():
        if not course.doses:
            found.left_out["no dose on file"] += 1
        elif course.is_dead:
            found.left_out["a death on file, without its day"] += 1
        else:
            found.people += 1
            found.events += replayed(course, edition)
    return found


def read_courses(folder: Path, up_to: int | None) -> dict[int, CohortCourse]:
    """The rows that can be held, as the import reads them."""
    people: dict[int, CohortCourse] = {}
    for row in rows(folder, *files.RANDOMIZED):
        try:
            drawn = courses.randomization(row)
        except NotHeld:
            continue
        if up_to is None or drawn.who <= up_to:
            its = people.setdefault(drawn.who, CohortCourse(drawn.who)).drawn
            if all((one.arm, one.on) != (drawn.arm, drawn.on) for one in its):
                its.append(drawn)
    arms = {who: one.drawn[0].medication for who, one in people.items()}
    once = courses.Once()
    for row in rows(folder, *files.DOSES):
        try:
            given, _ = courses.dose(row, arms, once)
        except NotHeld:
            continue
        people[given.who].doses.append(given)
    _read_visits(folder, people)
    return people


def _read_visits(folder: Path, people: Mapping[int, CohortCourse]) -> None:
    for row in rows(folder, "visit.csv", (*VISITS, DEAD)):
        try:
            seen = next(courses.visit(row))
        except NotHeld:
            continue
        if isinstance(seen, Visited) and seen.who in people:
            people[seen.who].visits.append(seen)
            people[seen.who].is_dead |= row[DEAD] == "1"


def replayed(course: CohortCourse, edition: Edition) -> Iterator[ReplayedEvent]:
    """Each stop and absence once, in the order of time."""
    found: dict[str, FoundEvent] = {}
    for day in days_to_look(course, edition):
        for one in found_in(_record(course, day), on=day, edition=edition):
            if one.kind in KINDS:
                found.setdefault(one.key, one)
    events = sorted(found.values(), key=lambda one: (one.on, one.kind, one.key))
    seen = sorted({*_dose_days(course), *_attended(course)})
    for number, one in enumerate(events):
        yield ReplayedEvent(
            course.who,
            one.kind,
            one.on,
            _because_of(course, events[: number + 1]),
            next((day for day in seen if day > one.on), None),
        )


def days_to_look(course: CohortCourse, edition: Edition) -> list[date]:
    """The last day of each gap between two doses, the day of each missed visit, and the
    day on which nothing covers any more."""
    days = {v.on for v in course.visits if v.on is not None and v.status == "missed"}
    for order in course.orders():
        its = _doses_of(course, order)
        pairs = pairwise(its)
        days |= {after - DAY for before, after in pairs if after > before + DAY}
        wait = timedelta(0)
        if order.medication in medicines().depots:
            key = INTERVALS.get(order.medication, USUAL_INTERVAL)
            wait = timedelta(days=edition.days(key))
        days.add(its[-1] + max(wait, DAY))
    return sorted(days)


def _doses_of(course: CohortCourse, order: OrderedMedicine) -> list[date]:
    return sorted({one.on for one in course.doses if order.holds_on(one.on)})


def _dose_days(course: CohortCourse) -> Iterator[date]:
    return (one.on for one in course.doses)


def _attended(course: CohortCourse) -> Iterator[date]:
    return (v.on for v in course.visits if v.on is not None and v.status == "attended")


def _record(course: CohortCourse, day: date) -> PersonRecord:
    """What was on file by the end of a day. A day of a course without a dose on file
    counts as one without a dose: the files name no missed days."""
    record = PersonRecord(course.who, orders=course.orders())
    for order in record.orders:
        taken = {one for one in _doses_of(course, order) if one <= day}
        last = min(day, (order.stopped_on or day) - DAY)
        span = range((last - order.started_on).days + 1)
        for on in (order.started_on + n * DAY for n in span):
            record.doses.append(DoseDay(order.medication, on, on in taken))
    for number, one in enumerate(course.visits):
        if one.on is not None and one.on <= day and one.status != "unknown":
            missed = one.status == "missed"
            record.visits.append(VisitDay(f"visit:{number:05d}", one.on, missed))
    return record


def _because_of(course: CohortCourse, events: list[FoundEvent]) -> tuple[Promise, ...]:
    """What is owed in the days after the last of these events, and would not be owed so
    without it."""
    on = events[-1].on
    state = state_on(course, on)
    told = tuple(_event(number, one) for number, one in enumerate(events, 1))
    before = {
        one.key: (one.severity, one.reason)
        for one in owed(replace(state, events=told[:-1]), today=on)
    }
    if events[-1].kind is EventKind.MEDICINE_STOPPED:
        # The list of contacts after a stop comes with the stop, not with its event.
        before = {key: one for key, one in before.items() if ":stop:" not in key}
    return tuple(
        one
        for one in owed(replace(state, events=told), today=on)
        if one.earliest <= on + LOOKED_AHEAD
        and before.get(one.key) != (one.severity, one.reason)
    )


def _event(number: int, one: FoundEvent) -> EventState:
    return EventState(
        key=str(number),
        kind=one.kind,
        when=EventDay(known_on=one.on, on=one.on),
        recorded_at=noon(one.on),
    )


def state_on(course: CohortCourse, on: date) -> CareState:
    """Care as the files have it at the end of a day. Plans, kits and measures are not on
    file and stay unknown."""
    orders = [one for one in course.orders() if one.started_on <= on]
    first = min((one.started_on for one in orders), default=None)
    main = next((one for one in reversed(orders) if one.holds_on(on)), None)
    ended = orders[-1] if orders and main is None else None
    taken = sorted(day for day in _dose_days(course) if day <= on)
    depots = medicines().depots
    its = main or ended
    is_depot = its is not None and its.medication in depots
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for day in taken:
        evidence[KeptBy.DOSE].append(Evidence(day, noon(day)))
        if is_depot:
            evidence[KeptBy.INJECTION].append(Evidence(day, noon(day)))
    for day in sorted(day for day in _attended(course) if day <= on):
        for key in (KeptBy.VISIT, KeptBy.CONTACT):
            evidence[key].append(Evidence(day, noon(day)))
    return CareState(
        patient=str(course.who),
        phase=CarePhase.IN_CARE if first else CarePhase.REFERRED,
        episode=EpisodeState(number=1, referred_on=NOMINAL_CONSENT, admitted_on=first),
        clinic=ClinicState(is_otp=True),
        treatment=TreatmentState(
            medication=main.medication if main else None,
            started_on=main.started_on if main else None,
            stopped=ended.medication if ended else None,
            stopped_on=ended.stopped_on if ended else None,
            injections=tuple(taken) if is_depot else (),
            last_taken_on=taken[-1] if taken else None,
        ),
        kept={key: tuple(found) for key, found in evidence.items()},
    )


def told(found: CohortReplay) -> list[str]:
    """The counts as lines of a page in Markdown."""
    by_kind: dict[EventKind, list[ReplayedEvent]] = defaultdict(list)
    for one in found.events:
        by_kind[one.kind].append(one)
    lines = [
        f"{found.people:,} people with a dose on file, {len(found.events):,} stops and"
        f" absences. Randomized and not replayed: {_listed(found.left_out)}.",
        "",
        "| what happened | times | people | seen again within 7 days | later | not again"
        " | something owed because of it | its window over before they came by themselves |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(kind, by_kind[kind]) for kind in KINDS),
    ]
    for kind in KINDS:
        lines += ["", *_acts(kind, by_kind[kind])]
    return lines


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n:,} {why}" for why, n in sorted(counts.items())) or "nobody"


def _row(kind: EventKind, events: list[ReplayedEvent]) -> str:
    soon = sum(one.days_away is not None and one.days_away <= 7 for one in events)
    never = sum(one.back_on is None for one in events)
    counts = [
        len(events),
        len({one.who for one in events}),
        soon,
        len(events) - soon - never,
        never,
        sum(bool(one.owed) for one in events),
        sum(bool(one.over_before_back()) for one in events),
    ]
    cells = [pathways()[kind].about.title, *(f"{count:,}" for count in counts)]
    return f"| {' | '.join(cells)} |"


def _acts(kind: EventKind, events: list[ReplayedEvent]) -> Iterable[str]:
    """Each act that is owed because of this kind: by which day, by whom, how often."""
    times: Counter[tuple[str, str, str, str]] = Counter()
    for event in events:
        for one in event.owed:
            days = f"{(one.due - event.on).days} to {(one.latest - event.on).days}"
            times[one.title, days, one.role.value, one.severity.words] += 1
    yield f"**{pathways()[kind].about.title}**, owed in the seven days after:"
    yield ""
    yield "| act | due and latest, days after | by | how grave | times |"
    yield "|---|---|---|---|---|"
    order = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    rest = Counter[str]()
    for (title, days, role, grave), n in order:
        if n * FEW < len(events):
            rest["times"] += n
            continue
        who = role.replace("_", " ")
        yield f"| {title} | {days} | {who} | {grave.lower()} | {n:,} |"
    if rest:
        yield f"| others, each in less than one of {FEW} | | | | {rest['times']:,} |"
