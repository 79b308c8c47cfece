"""From regimens and the dose log to steps on the axis. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from knowledge.medicines import medicines
from reports.progress.model import Doses, DoseStep

DAY = timedelta(days=1)
# What says best how much was taken on a day; the first of these that is there.
SAYS_MOST = ("administered", "take_home", "dispensed", "prescribed")


@dataclass(frozen=True, slots=True)
class DoseSpan:
    """One entry of the dose log."""

    on: date
    medication: str
    kind: str
    mg: Decimal | None


@dataclass(frozen=True, slots=True)
class Spell:
    """One regimen; `stopped_on` None where it goes on."""

    medication: str
    started_on: date
    stopped_on: date | None
    mg: Decimal | None


def doses_of(
    taken: Iterable[DoseSpan], spells: Iterable[Spell], *, today: date
) -> tuple[Doses, ...]:
    """Each medicine by itself, the first taken first."""
    logs: dict[str, list[DoseSpan]] = defaultdict(list)
    courses: dict[str, list[Spell]] = defaultdict(list)
    for one in taken:
        logs[medicines()[one.medication].line].append(one)
    for spell in spells:
        courses[medicines()[spell.medication].line].append(spell)
    found = [_doses(n, logs[n], courses[n], today) for n in {**logs, **courses}]
    told = [doses for doses in found if any(step.mg for step in doses.steps)]
    return tuple(sorted(told, key=lambda doses: doses.steps[0].on))


def _doses(name: str, log: list[DoseSpan], course: list[Spell], today: date) -> Doses:
    amounts = amounts_of(log)
    if not _is_daily(name):
        shots = sorted((amounts or _starts(course)).items())
        return Doses(name, tuple(DoseStep(*one) for one in shots), is_daily=False)
    changes = {**_ends(course, amounts, today), **_starts(course), **amounts}
    return Doses(name, _compressed(sorted(changes.items())))


def _is_daily(line: str) -> bool:
    """Whether what is drawn on a line is taken every day."""
    return any(one.is_daily for one in medicines() if one.line == line)


type Amounts = dict[date, Decimal | None]


def amounts_of(log: Iterable[DoseSpan]) -> Amounts:
    """How much on each day, by the kind of entry that says it best."""
    by_day: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for one in log:
        if one.mg is not None and one.kind in SAYS_MOST:
            sums = by_day[one.on]
            sums[one.kind] = sums.get(one.kind, Decimal(0)) + one.mg
    return {
        day: next(sums[kind] for kind in SAYS_MOST if kind in sums)
        for day, sums in by_day.items()
    }


def _starts(course: Iterable[Spell]) -> Amounts:
    return {spell.started_on: spell.mg for spell in course}


def _ends(course: list[Spell], amounts: Amounts, today: date) -> Amounts:
    """Where a regimen stops; without any that goes on, after the last dose as well."""
    ends: Amounts = {one.stopped_on: None for one in course if one.stopped_on}
    goes_on = any(one.stopped_on is None for one in course)
    if amounts and not goes_on and max(amounts) + DAY < today:
        ends[max([*ends, max(amounts) + DAY])] = None
    return ends


def _compressed(changes: Iterable[tuple[date, Decimal | None]]) -> tuple[DoseStep, ...]:
    """Only the days on which the amount became another."""
    steps: list[DoseStep] = []
    for day, mg in changes:
        if not steps or steps[-1].mg != mg:
            steps.append(DoseStep(day, mg))
    return tuple(steps)
