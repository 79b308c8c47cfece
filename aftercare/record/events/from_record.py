"""Events that the record of one person tells: a stop, missed doses, a treatment that was
interrupted, two missed visits, an unexpected result, a concern. No Django."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from aftercare.owed.program import METHADONE
from knowledge.editions import Edition
from knowledge.medicines import medicines
from knowledge.schedule.pathways import EventKind
from medications.rules.under_way import INTERVALS, USUAL_INTERVAL, are_missed

DAY = timedelta(days=1)


class OrderedMedicine(NamedTuple):
    """One order with its number; `stopped_on` is the first day without it."""

    pk: int
    medication: str
    started_on: date
    stopped_on: date | None

    @property
    def is_void(self) -> bool:
        return self.stopped_on == self.started_on

    def holds_on(self, day: date) -> bool:
        is_over = self.stopped_on is not None and self.stopped_on <= day
        return self.started_on <= day and not is_over


class DoseDay(NamedTuple):
    """One medicine on one day: taken or handed out, or else missed."""

    medication: str
    on: date
    is_taken: bool


class VisitDay(NamedTuple):
    """One promised visit; `key` names its row."""

    key: str
    on: date
    is_missed: bool


class RecordSign(NamedTuple):
    """An unexpected result or a concern, by the key of its row."""

    key: str
    kind: EventKind
    on: date


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is read of one person to find events."""

    patient_id: int
    orders: list[OrderedMedicine] = field(default_factory=list)
    doses: list[DoseDay] = field(default_factory=list)
    visits: list[VisitDay] = field(default_factory=list)
    signs: list[RecordSign] = field(default_factory=list)


class FoundEvent(NamedTuple):
    """An event as the record tells it; `key` names the rows it rests on."""

    kind: EventKind
    on: date
    key: str


def found_in(record: PersonRecord, *, on: date, edition: Edition) -> list[FoundEvent]:
    """Everything that the record of a person tells on a day."""
    return [
        *_stopped(record, on, edition),
        *_missed(record, on, edition),
        *_two_no_shows(record.visits),
        *_signs(record),
    ]


def _signs(record: PersonRecord) -> Iterator[FoundEvent]:
    """Before a medicine is taken no opioid in urine is a surprise."""
    for sign in record.signs:
        is_test = sign.kind is EventKind.TOXICOLOGY_UNEXPECTED
        if not is_test or any(one.holds_on(sign.on) for one in record.orders):
            yield FoundEvent(sign.kind, sign.on, sign.key)


def _stopped(record: PersonRecord, on: date, edition: Edition) -> Iterator[FoundEvent]:
    """The last medicine that ended, where none is taken now: who changes to another one
    has stopped nothing. After a depot from the day its cover ends (C115)."""
    begun = [one for one in record.orders if not one.is_void and one.started_on <= on]
    if not begun or any(one.holds_on(on) for one in begun):
        return
    last = max(begun, key=lambda one: (one.stopped_on or on, one.pk))
    day = _without_since(last, record.doses, edition)
    if day <= on:
        yield FoundEvent(EventKind.MEDICINE_STOPPED, day, f"regimen:{last.pk}:stopped")


def _without_since(
    order: OrderedMedicine, doses: Iterable[DoseDay], edition: Edition
) -> date:
    stopped = order.stopped_on or order.started_on
    taken = _last_taken(order, doses)
    if order.medication not in medicines().depots or taken is None:
        return stopped
    return max(stopped, taken + timedelta(days=_interval(order, edition)))


def _last_taken(order: OrderedMedicine, doses: Iterable[DoseDay]) -> date | None:
    days = [d.on for d in doses if d.is_taken and d.medication == order.medication]
    return max(days, default=None)


def _interval(order: OrderedMedicine, edition: Edition) -> int:
    return edition.days(INTERVALS.get(order.medication, USUAL_INTERVAL))


def _missed(record: PersonRecord, on: date, edition: Edition) -> Iterator[FoundEvent]:
    for order in record.orders:
        if order.holds_on(on):
            yield from _missed_of(order, record.doses, on, edition)


def _missed_of(
    order: OrderedMedicine, doses: Sequence[DoseDay], on: date, edition: Edition
) -> Iterator[FoundEvent]:
    taken = _last_taken(order, doses)
    if order.medication in medicines().depots:
        yield from _past_its_window(order, taken, on, edition)
        return
    since = taken or order.started_on - DAY
    days = sorted(
        {d.on for d in doses if d.medication == order.medication and d.on > since}
    )
    if days:
        key = f"regimen:{order.pk}:missed:{days[0]}"
        yield FoundEvent(EventKind.DOSES_MISSED, days[0], key)
    every = sorted({*days, *_without_entry(order, taken, on)})
    yield from _interrupted(order, every, edition)


def _without_entry(order: OrderedMedicine, taken: date | None, on: date) -> list[date]:
    """Days since the last dose of which the log says nothing: each dose of methadone is
    seen or handed out for its day. Today's may still come."""
    if order.medication != METHADONE or taken is None or taken < order.started_on:
        return []
    return [taken + DAY * nth for nth in range(1, (on - taken).days)]


def _interrupted(
    order: OrderedMedicine, days: Sequence[date], edition: Edition
) -> Iterator[FoundEvent]:
    """The first day on which so many were missed that another dose comes next (C122)."""
    for count, day in enumerate(days, start=1):
        day_of = (day - order.started_on).days + 1
        if are_missed(order.medication, count, day_of, edition):
            key = f"regimen:{order.pk}:interrupted:{days[0]}"
            yield FoundEvent(EventKind.MEDICINE_INTERRUPTED, day, key)
            return


def _past_its_window(
    order: OrderedMedicine, taken: date | None, on: date, edition: Edition
) -> Iterator[FoundEvent]:
    """A depot whose next injection did not come."""
    if taken is None:
        return
    day = taken + timedelta(days=_interval(order, edition)) + DAY
    if day <= on:
        key = f"regimen:{order.pk}:interrupted:{taken}"
        yield FoundEvent(EventKind.MEDICINE_INTERRUPTED, day, key)


def _two_no_shows(visits: Iterable[VisitDay]) -> Iterator[FoundEvent]:
    """Two missed visits with none attended between or since."""
    last = sorted(visits, key=lambda visit: (visit.on, visit.key))[-2:]
    days = {visit.on for visit in last if visit.is_missed}
    if len(days) > 1:
        key = f"no_shows:{last[-1].key}"
        yield FoundEvent(EventKind.NO_SHOWS_TWO, last[-1].on, key)
