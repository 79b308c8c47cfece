"""A change in one plain sentence, as staff would say it to each other."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from assessments.change.grounds import Direction, Ground, Pair
from assessments.change.points import Point
from knowledge.change import By, ChangeKind, Figure, Measure
from knowledge.instruments.registry import NoSuchInstrument, find
from knowledge.wording.amounts import amount

NUMERIC = (By.POINTS, By.PERCENT)
NAMES = {By.POINTS: "points", By.PERCENT: "percentage"}
SOME = {Direction.BETTER: "some improvement", Direction.WORSE: "some worsening"}


def points(value: Decimal) -> str:
    return f"{amount(value)} point{'' if abs(value) == 1 else 's'}"


def movement(moved: Decimal | None) -> str:
    """How far and which way, without a judgement."""
    if moved is None:
        return "cannot be compared: no number for one of the two"
    if not moved:
        return "no change"
    return f"{points(abs(moved))} {'up' if moved > 0 else 'down'}"


def words_of(pair: Pair, grounds: Sequence[Ground]) -> str:
    """What changed, what of it counts, and where the scale ends."""
    said = [_said(pair, ground) for ground in grounds]
    numbers = [g for g in grounds if g.figure.by in NUMERIC]
    parts = [part for part in said if part]
    if not pair.measure.is_level:
        parts.append(_counted(pair, numbers))
    elif not parts:
        parts.append(_level(pair))
    limit = "" if grounds else limit_words(pair)
    return "; ".join([*parts, limit] if limit else parts)


def _said(pair: Pair, ground: Ground) -> str:
    """What a figure that counts no points says for itself."""
    figure = ground.figure
    if figure.by is By.LINE:
        side = "reached" if (pair.last or 0) >= figure.line else "fell below"
        return f"{side} {amount(figure.line)}"
    own = figure.better_words if ground.direction == "better" else figure.worse_words
    if figure.by is By.RANK:
        step = f"{_name(pair.before)} to {_name(pair.now)}"
        return f"{step}: {own}" if own else step
    return own if figure.by is By.ITEM else ""


def _name(point: Point) -> str:
    return point.band or "not known"


def _level(pair: Pair) -> str:
    if pair.before.band == pair.now.band and pair.now.band:
        return "no change"
    return "cannot be compared: no level for one of the two"


def _counted(pair: Pair, grounds: Sequence[Ground]) -> str:
    """The points, and whether they are reliable, important, or below what counts."""
    base = movement(pair.moved)
    if not pair.moved:
        return base
    marks = [
        kind.value for kind in ChangeKind if any(g.figure.kind is kind for g in grounds)
    ]
    if not marks:
        return base + _below(pair)
    if not any(g.figure.decides for g in grounds):
        return SOME[grounds[0].direction] + _below(pair)
    return f"{base}, {' and '.join(marks)}{_by_which(pair, grounds)}"


def _below(pair: Pair) -> str:
    """The amount that was not reached, where the table has one for this way."""
    way = pair.way(pair.moved or 0)
    for figure in pair.measure.on(pair.now.on):
        least = needed(figure, way)
        if least is not None and not figure.after_dose_of:
            percent = figure.by is By.PERCENT
            return (
                f", below {amount(least)}%" if percent else f", below {points(least)}"
            )
    return ""


def needed(figure: Figure, way: Direction) -> Decimal | None:
    """How much the table asks for, going this way."""
    if figure.by not in NUMERIC or not figure.decides:
        return None
    return figure.better_by if way is Direction.BETTER else figure.worse_by


def _by_which(pair: Pair, grounds: Iterable[Ground]) -> str:
    """By points, by percentage or by both, where the table has both."""
    way = pair.way(pair.moved or 0)
    there = {
        figure.by
        for figure in pair.measure.on(pair.now.on)
        if needed(figure, way) is not None
    }
    if there != set(NUMERIC):
        return ""
    met = [NAMES[by] for by in NUMERIC if any(g.figure.by is by for g in grounds)]
    return f" by {met[0]} only" if len(met) == 1 else f" by {' and '.join(met)}"


def limit_words(pair: Pair) -> str:
    """Where the scale leaves no room for a change that counts: the floor, the ceiling."""
    if pair.first is None:
        return ""
    for way in (Direction.BETTER, Direction.WORSE):
        if _lacks_room(pair, pair.first, way):
            return _at_end(pair.measure, pair.before, way)
    return ""


def _lacks_room(pair: Pair, value: Decimal, way: Direction) -> bool:
    room = _room(pair.measure, value, way)
    sizes = [
        least
        for figure in pair.measure.on(pair.now.on)
        if figure.by is By.POINTS and not figure.after_dose_of
        if (least := needed(figure, way)) is not None
    ]
    return room is not None and bool(sizes) and room < min(sizes)


def _room(measure: Measure, value: Decimal, way: Direction) -> Decimal | None:
    """How far the score can still go this way."""
    goes_up = measure.rises_when_better == (way is Direction.BETTER)
    if goes_up:
        return None if measure.highest is None else measure.highest - value
    return None if measure.lowest is None else value - measure.lowest


def _at_end(measure: Measure, point: Point, way: Direction) -> str:
    goes_up = measure.rises_when_better == (way is Direction.BETTER)
    end = "highest" if goes_up else "lowest"
    if not measure.part and point.band == _last_band(
        measure.instrument, highest=goes_up
    ):
        return f"already in the {end} band"
    return f"already near the {end} score"


def _last_band(instrument: str, *, highest: bool) -> str:
    try:
        bands = find(instrument).bands
    except NoSuchInstrument:
        return ""
    return bands[-1 if highest else 0].name if bands else ""
