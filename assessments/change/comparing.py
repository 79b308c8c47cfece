"""Two scores of one instrument: what changed, and whether it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.change.grounds import Direction, Ground, Pair, grounds_of
from assessments.change.points import Point, unlike
from assessments.change.wording import movement, words_of
from knowledge.change import ChangeKind, Figure, Measure, Unscored, change_figures
from knowledge.instruments.titles import part_title
from knowledge.wording.amounts import amount
from knowledge.wording.dates import whole_day

CONFOUNDED = "Taken in withdrawal: read with care."
NO_FIGURE = "no figure says how much counts"


class NotComparable(Exception):
    """The two scores are of different instruments, versions, modes or times looked back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What changed in one measure. A flag is None where nobody has a figure for it."""

    measure: Measure
    was: Decimal | None
    now: Decimal | None
    moved: Decimal | None
    percent: Decimal | None
    direction: Direction
    reliable: bool | None
    important: bool | None
    words: str
    grounds: tuple[Ground, ...] = ()
    # The figures that this change was held against, reached or not.
    figures: tuple[Figure, ...] = ()
    milestones: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return part_title(self.measure.instrument, self.measure.part)

    @property
    def counts(self) -> bool:
        """Whether it is more than chance or more than people would overlook."""
        return bool(self.grounds)

    @property
    def worse_by_table(self) -> tuple[Ground, ...]:
        """What the table itself calls worse."""
        return tuple(
            ground
            for ground in self.grounds
            if ground.direction is Direction.WORSE and ground.figure.decides
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One instrument, then and now, part by part."""

    before: Point
    now: Point
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    unscored: Unscored | None = field(default=None)

    def part(self, name: str = "") -> Part | None:
        return next((one for one in self.parts if one.measure.part == name), None)

    @property
    def direction(self) -> Direction:
        """The way of what counts; of a single number the way it went."""
        if len(self.parts) == 1:
            return self.parts[0].direction
        return together(part.direction for part in self.parts if part.counts)

    @property
    def reliable(self) -> bool | None:
        return _any_of(part.reliable for part in self.parts)

    @property
    def important(self) -> bool | None:
        return _any_of(part.important for part in self.parts)

    @property
    def is_off_track(self) -> bool:
        """Worse in any part, by the table."""
        return any(part.worse_by_table for part in self.parts)

    @property
    def words(self) -> str:
        """The whole change in a sentence; parts are named where there are several."""
        return self._say(self.parts)

    @property
    def reason(self) -> str:
        """Why it is off track: only what got worse, with both numbers."""
        worse = tuple(part for part in self.parts if part.worse_by_table)
        return (
            f"{self._say(worse, both=True)}. Compared with {whole_day(self.before.on)}."
        )

    def _say(self, parts: tuple[Part, ...], *, both: bool = False) -> str:
        if not self.parts:
            moved = None if self.unscored else self._moved
            return self.unscored.words if self.unscored else _unjudged(moved)
        if len(self.parts) == 1 and not both:
            return parts[0].words
        return "; ".join(
            f"{one.title}{_numbers(one) if both else ''}: {one.words}" for one in parts
        )

    @property
    def _moved(self) -> Decimal | None:
        if self.before.total is None or self.now.total is None:
            return None
        return self.now.total - self.before.total


def _unjudged(moved: Decimal | None) -> str:
    return f"{movement(moved)}; {NO_FIGURE}" if moved else movement(moved)


def _numbers(part: Part) -> str:
    if part.was is None or part.now is None:
        return ""
    return f" {amount(part.was)} to {amount(part.now)}"


def compare(before: Point, now: Point) -> Change:
    """What changed from one score to a later one; refuses what must not be compared."""
    reason = unlike(before, now)
    if reason:
        raise NotComparable(f"Not compared: {reason}.")
    known = change_figures()
    measures = known.of(now.instrument)
    confounded = (before.in_withdrawal or now.in_withdrawal) and any(
        measure.is_symptom for measure in measures
    )
    return Change(
        before=before,
        now=now,
        parts=tuple(_part(Pair(one, before, now)) for one in measures),
        notes=(CONFOUNDED,) if confounded else (),
        unscored=known.unscored.get(now.instrument),
    )


def _part(pair: Pair) -> Part:
    grounds = grounds_of(pair)
    return Part(
        measure=pair.measure,
        was=pair.first,
        now=pair.last,
        moved=pair.moved,
        percent=pair.percent,
        direction=_direction(pair, grounds),
        reliable=_flag(pair, grounds, ChangeKind.RELIABLE),
        important=_flag(pair, grounds, ChangeKind.IMPORTANT),
        words=words_of(pair, grounds),
        grounds=grounds,
        figures=pair.measure.on(pair.now.on),
        milestones=_milestones(pair),
    )


def _direction(pair: Pair, grounds: tuple[Ground, ...]) -> Direction:
    """The way of the number, and of whatever else counts."""
    ways = [ground.direction for ground in grounds]
    return together([*ways, pair.way(pair.moved or 0)])


def together(ways: Iterable[Direction]) -> Direction:
    """One word for several ways: mixed where they part."""
    found = set(ways) - {Direction.NONE}
    if len(found) > 1:
        return Direction.MIXED
    return next(iter(found), Direction.NONE)


def _flag(pair: Pair, grounds: tuple[Ground, ...], kind: ChangeKind) -> bool | None:
    """None where there is no figure of this kind, or nothing to hold it against."""
    if any(ground.figure.kind is kind for ground in grounds):
        return True
    figures = pair.measure.on(pair.now.on)
    has_figure = any(figure.kind is kind for figure in figures)
    return False if has_figure and _is_told(pair) else None


def _is_told(pair: Pair) -> bool:
    if pair.measure.is_level:
        return bool(pair.before.band and pair.now.band)
    return pair.moved is not None


def _any_of(flags: Iterable[bool | None]) -> bool | None:
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None


def _milestones(pair: Pair) -> tuple[str, ...]:
    """Response and remission, where they were reached since the first score."""
    was, now = pair.first, pair.last
    if was is None or now is None:
        return ()
    return tuple(
        one.name
        for one in pair.measure.milestones
        if one.holds_on(pair.now.on)
        if _reached(one.fall_percent, one.below, was, now)
    )


def _reached(
    fall: Decimal | None, below: Decimal | None, was: Decimal, now: Decimal
) -> bool:
    fell = fall is not None and was > 0 and (was - now) * 100 >= fall * was
    return fell or (below is not None and now < below <= was)
