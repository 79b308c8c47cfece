"""The clinical picture by what changed since the medication decision: worse, better,
old or not known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from assessments.change.comparing import compare
from assessments.change.grounds import Direction
from assessments.change.points import Point, alike
from assessments.facts import FACTS, Value
from assessments.intake.catalogue import asking_for
from assessments.picture import Picture, State
from knowledge.directions import directions, worsening
from knowledge.holds import held_facts
from knowledge.instruments.titles import short_title
from knowledge.wording.amounts import amount
from knowledge.wording.dates import short_day
from reports.chart.fact_values import shown_value

# Facts that scores tell: those go by the figures for what counts.
OF_SCORES = frozenset(
    ["phq9", "gad7", "pc_ptsd5", "bam8", "bam2", "bam15", "barc10", "peg", "cows"]
)
SHOWN = 5


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
    def columns(self) -> tuple[tuple[str, tuple[ChangedLine, ...]], ...]:
        return (
            ("Worse", self.worse),
            ("Better", self.better),
            ("Old or not known", self.unknown),
        )


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
    return Changed(since, worse[:SHOWN], better[:SHOWN], unknown[:SHOWN], known)


def _moved(
    before: Picture, picture: Picture, points: list[Point]
) -> Iterator[tuple[int, ChangedLine]]:
    yield from _scores(points, before.as_of, picture.today)
    for name in directions().facts:
        was, now = before.known(name), picture.known(name)
        if was is None or now is None or name in OF_SCORES:
            continue
        way = worsening(name, was.value, now.value)
        if way:
            yield way, _line(picture, name, was.value, now.value)


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
        way = WAYS.get(change.direction, 0)
        if way and any(part.counts for part in change.parts):
            yield (
                way,
                ChangedLine(
                    "mind",
                    short_title(instrument),
                    amount(earlier[-1].total),
                    amount(its[-1].total),
                    short_day(its[-1].on, today),
                ),
            )


WAYS = {Direction.WORSE: 1, Direction.BETTER: -1}


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
