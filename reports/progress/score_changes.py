"""Each score with what became of it since the last time and since the first. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assessments.change.comparing import Change, Part
from assessments.change.course import label, since_baseline, since_last, trend
from assessments.change.grounds import Direction
from assessments.change.points import Point, alike, baseline, unlike
from knowledge.change import Figure, Unscored, change_figures
from knowledge.instruments.titles import part_title
from knowledge.wording.amounts import amount
from knowledge.wording.dates import short_day

CSS_AND_ICON = {
    "better": ("is-done", "check"),
    "worse": ("is-late", "late"),
    "mixed": ("is-due", "caution"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A figure that the change was held against."""

    figure: Figure
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since one earlier day, in words, with marks and figures."""

    on: date
    words: str
    # Better, worse or mixed; empty where nothing of it counts.
    way: str = ""
    milestones: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def css(self) -> str:
        return CSS_AND_ICON[self.way][0]

    @property
    def icon(self) -> str:
        return CSS_AND_ICON[self.way][1]


@dataclass(frozen=True, slots=True)
class ScoreCourse:
    """One score of a person: where it stands, and how it got there."""

    instrument: str
    part: str
    title: str
    now: str
    on: date
    pk: int | None
    since_last: Since | None = None
    since_first: Since | None = None
    # Why the score before is not compared, and words for the way of all of them.
    apart: str = ""
    way: str = ""
    trend: str = ""
    unscored: Unscored | None = None
    points: tuple[Point, ...] = ()


def courses_of(points: Iterable[Point]) -> list[ScoreCourse]:
    """Every score that was ever given, the latest given first."""
    by_key: dict[str, list[Point]] = {}
    for point in sorted(points, key=lambda one: (one.at, one.pk or 0)):
        by_key.setdefault(point.instrument, []).append(point)
    ordered = sorted(by_key.values(), key=lambda its: its[-1].at, reverse=True)
    return [course for its in ordered for course in _courses(its)]


def _courses(points: Sequence[Point]) -> Iterator[ScoreCourse]:
    last = points[-1]
    measures = change_figures().of(last.instrument)
    changes = (since_last(points), since_baseline(points))
    for part in [one.part for one in measures] or [""]:
        yield _course(points, part, *changes)


def _course(
    points: Sequence[Point], part: str, last: Change | None, first: Change | None
) -> ScoreCourse:
    now = points[-1]
    told = trend(points, part)
    return ScoreCourse(
        instrument=now.instrument,
        part=part,
        title=part_title(now.instrument, part),
        now=result_words(now, part),
        on=now.on,
        pk=now.pk,
        since_last=_since(last, part),
        # The same two scores twice say nothing new.
        since_first=None if _is_same(first, last) else _since(first, part),
        apart=_apart(points),
        way=label(points) if not part else "",
        trend=told.words if told and told.direction != Direction.NONE else "",
        unscored=change_figures().unscored.get(now.instrument),
        points=tuple(points),
    )


def _is_same(first: Change | None, last: Change | None) -> bool:
    return first is not None and last is not None and first.before is last.before


def result_words(point: Point, part: str = "") -> str:
    """The number and its band; a part has no band, and what is missing is said."""
    value = point.value(part)
    words = [amount(value)] if value is not None else []
    if not part and point.band:
        words.append(point.band)
    return ", ".join(words) or "no total"


def _since(change: Change | None, part: str) -> Since | None:
    if change is None:
        return None
    found = change.part(part)
    if found is None:
        return Since(change.before.on, change.words, notes=change.notes)
    return Since(
        change.before.on,
        found.words,
        found.direction.value if found.counts else "",
        found.milestones,
        change.notes,
        tuple(_held(found)),
    )


def _held(part: Part) -> Iterator[Held]:
    reached = {ground.figure.key for ground in part.grounds}
    for figure in part.figures:
        yield Held(figure, figure.key in reached)


def _apart(points: Sequence[Point]) -> str:
    """Why the newest is not compared with the one before it."""
    if len(points) < 2:
        return ""
    reason = unlike(points[-2], points[-1])
    before = short_day(points[-2].on, points[-1].on)
    return f"not compared with {before}: {reason}" if reason else ""


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """One question: now, the time before, and the first time, in words."""

    prompt: str
    now: str | None
    before: str | None
    first: str | None
    # +1 where the newest answer is higher than the one before, -1 where lower.
    moved: int = 0


def answers_of(
    points: Sequence[Point],
    prompts: Iterable[tuple[str, str, dict[int, str]]],
) -> list[ScoreAnswer]:
    """The newest answers beside those before and those of the baseline."""
    like = alike(points)
    now, before = like[-1], like[-2] if len(like) > 1 else None
    first = baseline(like)
    first = None if first in (now, before) else first
    return [
        ScoreAnswer(
            prompt,
            words.get(_code(now, key)),
            words.get(_code(before, key)),
            words.get(_code(first, key)),
            moved_between(before, now, key),
        )
        for key, prompt, words in prompts
    ]


UNANSWERED = -1


def _code(point: Point | None, key: str) -> int:
    value = point.items.get(key) if point else None
    return UNANSWERED if value is None else value


def moved_between(before: Point | None, now: Point, key: str) -> int:
    """Which way an answer went; 0 too where one of the two is not known."""
    was, is_ = _code(before, key), _code(now, key)
    if UNANSWERED in (was, is_):
        return 0
    return (is_ > was) - (is_ < was)


def moved_words(
    points: Sequence[Point], prompts: Iterable[tuple[str, str]], *, up: bool
) -> str:
    """The questions whose answers rose, or fell, since the time before, by name."""
    like = alike(points)
    if len(like) < 2:
        return ""
    wanted = 1 if up else -1
    named = [
        prompt[:1].lower() + prompt[1:]
        for key, prompt in prompts
        if moved_between(like[-2], like[-1], key) == wanted
    ]
    return f"{', '.join(named)} {'rose' if up else 'fell'}" if named else ""
