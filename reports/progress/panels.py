"""Beside the chart: the latest BAM and PHQ-9, what is due, the newest measurements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aftercare.models import FollowUp
from assessments.change.points import Point, alike
from assessments.facts import FACTS
from assessments.models import Assessment, Observation
from assessments.observations.kinds import BY_CODE, label_of
from assessments.scores.occasions import Due
from assessments.scores.sparkline import Sparkline, line
from knowledge.instruments.declaration import Item
from knowledge.instruments.registry import find
from knowledge.instruments.titles import short_title
from knowledge.wording.amounts import amount
from reports.progress.score_changes import moved_words

type Points = Sequence[Point]
# Follow-ups that are about measuring something.
MEASURING = ("measures", "drug_test", "lab", "ecg")
# The most that a sum can come to, and from where on to look closer.
SUMS = {
    "use": (12, "1 or more"),
    "risk": (24, "12 or more"),
    "protective": (24, "12 or fewer"),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """One of the three sums of the BAM, with the answers that moved."""

    title: str
    words: str
    flag: str
    moved: str


@dataclass(frozen=True, slots=True)
class Bam:
    """The latest BAM. It has no single total."""

    row: Assessment
    sums: tuple[Sum, ...]


def latest_bam(given: Iterable[Assessment], points: Points) -> Bam | None:
    """The newest BAM; None where there is none."""
    row = _newest(given, "bam")
    if row is None:
        return None
    its = [point for point in points if point.instrument == row.instrument]
    return Bam(row, tuple(_sum(name, row, its) for name in SUMS))


def _newest(given: Iterable[Assessment], key: str) -> Assessment | None:
    return next((row for row in reversed(list(given)) if row.instrument == key), None)


def _sum(name: str, row: Assessment, points: Points) -> Sum:
    most, words = SUMS[name]
    bam = find("bam")
    keys, flag = bam.groups[name], bam.flags[name].says
    value = alike(points)[-1].value(name)
    shown = "" if value is None else f"{amount(value)} of {most}"
    moved = moved_words(points, named(bam.items, keys), up=name != "protective")
    return Sum(name.capitalize(), shown, words if flag in row.flags else "", moved)


def named(items: Iterable[Item], keys: Iterable[str]) -> list[tuple[str, str]]:
    """Keys with their prompts."""
    wanted = set(keys)
    return [(item.key, item.prompt.en) for item in items if item.key in wanted]


@dataclass(frozen=True, slots=True)
class Phq9:
    """The latest PHQ-9, and what its ninth answer is."""

    row: Assessment
    item9: int | None
    rose: str

    @property
    def is_pressing(self) -> bool:
        return bool(self.item9)


def latest_phq9(given: Iterable[Assessment], points: Points) -> Phq9 | None:
    """The newest PHQ-9; None where there is none."""
    row = _newest(given, "phq9")
    if row is None:
        return None
    its = [point for point in points if point.instrument == row.instrument]
    phq9 = find("phq9")
    rose = moved_words(its, named(phq9.items, phq9.scored_keys), up=True)
    return Phq9(row, row.answers.get(*phq9.groups["self_harm"]), rose)


URGENCY = {"late": 0, "due": 1, "": 2}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to measure: since or on which day, why, and how late that is."""

    words: str
    on: date | None
    state: str
    why: str = ""


def due_list(
    follow_ups: Iterable[FollowUp], due: Iterable[Due], *, today: date
) -> list[Wanted]:
    """What is late, then what is due, then what is planned; each by day. Instruments
    that are due for the same reason stand together."""
    planned = [
        Wanted(one.title, one.due_on, _state(one, today))
        for one in follow_ups
        if one.kind in MEASURING
    ]
    by_reason: dict[tuple[str, date], list[str]] = {}
    for one in due:
        names = by_reason.setdefault((one.why, one.since), [])
        names.append(short_title(one.instrument))
    gaps = [
        Wanted(", ".join(names), since, "due", why)
        for (why, since), names in by_reason.items()
    ]
    return sorted(
        [*planned, *gaps], key=lambda one: (URGENCY[one.state], one.on or today)
    )


def _state(follow_up: FollowUp, today: date) -> str:
    if follow_up.latest_on < today:
        return "late"
    return "due" if follow_up.earliest_on <= today else ""


@dataclass(frozen=True, slots=True)
class PanelValue:
    """The newest of one kind of measurement, and how many there are."""

    row: Observation
    title: str
    words: str
    is_stale: bool
    count: int
    line: Sparkline | None
    limits: str


def newest_of_each(rows: Iterable[Observation], *, at: datetime) -> list[PanelValue]:
    """One line a kind, the latest measured first; rows come newest first."""
    by_code: dict[str, list[Observation]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    return [_measured(its, at) for its in by_code.values()]


def _measured(rows: list[Observation], at: datetime) -> PanelValue:
    newest = rows[0]
    points = [(r.effective_at, r.value) for r in reversed(rows) if r.value is not None]
    return PanelValue(
        newest,
        label_of(newest.code),
        newest.words,
        is_stale(newest, at),
        len(rows),
        line(points),
        _limits(newest),
    )


def is_stale(row: Observation, at: datetime) -> bool:
    """Older than the fact that it feeds stays fresh; without such a fact never."""
    measure = BY_CODE.get(row.code)
    fresh = FACTS[measure.fact].fresh_for if measure and measure.fact else None
    return fresh is not None and at - row.effective_at > fresh


def _limits(row: Observation) -> str:
    """The laboratory's own limits in words."""
    low, high = amount(row.low_limit), amount(row.high_limit)
    if low and high:
        return f"limits {low} to {high}"
    return f"limit {low or high}" if low or high else ""
