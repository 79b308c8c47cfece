"""The clinical picture by what changed since the medication decision: worse, better,
old or not known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from assessments.change.comparing import Change, Part, compare
from assessments.change.grounds import Direction
from assessments.change.points import Point, alike
from assessments.facts import FACTS, Value
from assessments.intake.catalogue import asking_for
from assessments.picture import Picture, State
from knowledge.directions import directions, worsening
from knowledge.editions import knowledge
from knowledge.holds import held_facts
from knowledge.wording.amounts import amount
from knowledge.wording.dates import short_day
from medications.rules.continuing import OWN_IN_URINE
from medications.rules.reading import FactReader
from medications.rules.under_way import taking
from reports.chart.fact_values import shown_value

# Facts that scores tell: those go by the figures for what counts.
OF_SCORES = frozenset(
    ["phq9", "gad7", "pc_ptsd5", "bam8", "bam2", "bam15", "barc10", "peg", "cows"]
)
SHOWN = 5
# What is to be asked is asked on other pages: these stand for it.
UNKNOWN_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One fact: what it was, what it is, since when; or that it has to be asked."""

    domain: str
    label: str
    before: str
    now: str
    on: str = ""
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What moved since a day, and how much did not."""

    since: datetime | None
    worse: tuple[ChangedLine, ...]
    better: tuple[ChangedLine, ...]
    unknown: tuple[ChangedLine, ...]
    unchanged: int

    @property
    def columns(self) -> tuple["ChangedColumn", ...]:
        return (
            ChangedColumn("Worse", self.worse),
            ChangedColumn("Better", self.better),
            ChangedColumn("Old or not known", self.unknown, UNKNOWN_SHOWN),
        )


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """What goes one way: the first few, and the rest that is folded."""

    title: str
    lines: tuple[ChangedLine, ...]
    shown: int = SHOWN

    @property
    def first(self) -> tuple[ChangedLine, ...]:
        return self.lines[: self.shown]

    @property
    def more(self) -> tuple[ChangedLine, ...]:
        return self.lines[self.shown :]


def changed_since(
    before: Picture | None, picture: Picture, points: Iterable[Point]
) -> Changed:
    """The picture beside that of the decision; without one, what nobody knows."""
    moved = list(_moved(before, picture, list(points))) if before else []
    worse = tuple(line for way, line in moved if way > 0)
    better = tuple(line for way, line in moved if way < 0)
    unknown = tuple(sorted(_unknown(picture), key=lambda line: not line.on))
    known = len(picture.facts) - len(moved)
    since = before.as_of if before else None
    return Changed(since, worse, better, unknown, known)


def _moved(
    before: Picture, picture: Picture, points: list[Point]
) -> Iterator[tuple[int, ChangedLine]]:
    yield from _scores(points, before.as_of, picture.today)
    for name in directions().facts:
        was, now = before.known(name), picture.known(name)
        if was is None or now is None or name in OF_SCORES:
            continue
        way = worsening(
            name, _judged(before, name, was.value), _judged(picture, name, now.value)
        )
        if way:
            yield way, _line(picture, name, was.value, now.value)


def _judged(picture: Picture, name: str, value: Value) -> Value:
    """What is compared: of urine without what the medicine taken leaves there."""
    if name != "udt" or not isinstance(value, frozenset):
        return value
    edition = knowledge().on(picture.today)
    return value.difference(
        *(OWN_IN_URINE[family] for family in taking(FactReader(picture), edition))
    )


def _line(picture: Picture, name: str, was: Value, now: Value) -> ChangedLine:
    known = picture.known(name)
    assert known is not None  # noqa: S101 - it was compared
    return ChangedLine(
        FACTS[name].domain.value,
        FACTS[name].label,
        shown_value(name, was, picture.today),
        shown_value(name, now, picture.today),
        short_day(picture.day_of(known.as_of), picture.today),
    )


def _scores(
    points: list[Point], since: datetime, today: date
) -> Iterator[tuple[int, ChangedLine]]:
    """By each instrument, the newest score beside the last one of before."""
    for instrument in dict.fromkeys(point.instrument for point in points):
        its = alike(p for p in points if p.instrument == instrument)
        earlier = [p for p in its if p.at <= since]
        if not earlier or its[-1].at <= since:
            continue
        change = compare(earlier[-1], its[-1])
        on = short_day(its[-1].on, today)
        for part in change.parts:
            if part.counts:
                yield WAYS[part.direction], _score_line(part, change, on)


# A lower sum with a new thought of self-harm is looked at as what got worse.
WAYS = {
    Direction.WORSE: 1,
    Direction.MIXED: 1,
    Direction.BETTER: -1,
    Direction.NONE: 0,
}
NO_NUMBER = "no number"


def _score_line(part: Part, change: Change, on: str) -> ChangedLine:
    """One measure of an instrument, by its band where it has no number; with what a
    number does not tell."""
    worded = [
        ground.figure.worse_words
        for ground in part.grounds
        if ground.direction is Direction.WORSE
    ]
    return ChangedLine(
        "mind",
        ": ".join([part.title, *filter(None, worded)]),
        amount(part.was) or change.before.band or NO_NUMBER,
        amount(part.now) or change.now.band or NO_NUMBER,
        on,
    )


def _unknown(picture: Picture) -> Iterator[ChangedLine]:
    """What is owed today and nobody knows, or is out of date; what can be asked only."""
    for name, row in held_facts().items():
        state = picture.state(name)
        if state is State.KNOWN or row.days > 0 or asking_for(name) is None:
            continue
        known = picture.known(name)
        on = short_day(picture.day_of(known.as_of), picture.today) if known else ""
        word = "out of date" if state is State.STALE else "not asked"
        yield ChangedLine(FACTS[name].domain.value, FACTS[name].label, "", word, on)
