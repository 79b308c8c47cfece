"""Scores in their lanes: bands, lines, points, and the numbers beside them. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from reports.progress.drawing.frame import Block, Frame
from reports.progress.drawing.lanes import Lane
from reports.progress.drawing.shapes import (
    Box,
    Shape,
    boxes_along,
    joined,
    line,
    path,
    rect,
    text,
    width_of,
)
from reports.progress.drawing.styles import Style
from reports.progress.model import Series, SeriesReading, Stripe

type Placed = list[tuple[float, float, SeriesReading]]
ABOVE, BELOW = -9.0, 18.0
LEAST_STRIPE = 15


def draw_lane(frame: Frame, block: Block, lane: Lane, styles: dict[str, Style]) -> None:
    """One lane, with the bands of its first series behind it."""
    is_alone = len(lane.series) == 1
    frame.name(lane.title, block.top, block.middle if is_alone else block.top)
    _rungs(frame, lane, block)
    drawn = {one.key: _placed(frame, lane, block, one) for one in lane.series}
    for one in lane.series:
        _line(frame, drawn[one.key], styles[one.key])
    for one in lane.series:
        others = [p for key, p in drawn.items() if key != one.key]
        _numbers(frame, drawn[one.key], others)
    if not is_alone:
        lines = [
            box
            for placed in drawn.values()
            for box in boxes_along([(x, y) for x, y, _ in placed])
        ]
        for one in lane.series:
            _title(frame, one, drawn[one.key], lines)
    _stripes(frame, lane, block)


def _rungs(frame: Frame, lane: Lane, block: Block) -> None:
    for rung in lane.rungs:
        y = block.y(lane.share(rung.value))
        frame.back.append(line(frame.left, y, frame.right, y, "is-grid"))
        frame.front.append(text(frame.left - 6, y + 4, rung.words, "", "end"))
        wide = width_of(rung.words)
        frame.room.take(Box(frame.left - 6 - wide, y - 8, frame.left - 6, y + 6))


def _placed(frame: Frame, lane: Lane, block: Block, series: Series) -> Placed:
    return [
        (frame.x(reading.at), block.y(lane.share(reading.value)), reading)
        for reading in series.readings
    ]


def _line(frame: Frame, placed: Placed, style: Style) -> None:
    if len(placed) > 1:
        frame.front.append(path(joined((x, y) for x, y, _ in placed), style.line))
    for x, y, _ in placed:
        frame.front.append(style.draw(x, y))
        frame.room.take(Box(x - 4, y - 4, x + 4, y + 4))


def _numbers(frame: Frame, placed: Placed, others: Sequence[Placed]) -> None:
    """The newest and the first number for sure where there is room, then the rest."""
    ordered = [*placed[-1:], *placed[:1], *placed[1:-1]] if len(placed) > 1 else placed
    for x, y, reading in ordered:
        first, second = (ABOVE, BELOW)
        if any(_is_above(x, y, other) for other in others):
            first, second = second, first
        places = [(x, y + first), (x, y + second)]
        frame.front += frame.room.write(reading.words, places, "is-strong")


def _is_above(x: float, y: float, other: Placed) -> bool:
    """Whether another line runs above this point."""
    for (x1, y1, _), (x2, y2, _) in pairwise(other):
        if x1 <= x <= x2:
            share = (x - x1) / (x2 - x1) if x2 > x1 else 0
            return y1 + share * (y2 - y1) < y
    nearest = min(other, key=lambda one: abs(one[0] - x), default=None)
    return nearest is not None and nearest[1] < y


def _title(frame: Frame, series: Series, placed: Placed, lines: list[Box]) -> None:
    """The name of a series beside its line, where it stands on no other."""
    places = list(_title_places(series, placed))
    frame.front += frame.room.write(series.title, places, "is-strong", clear_of=lines)


def _title_places(series: Series, placed: Placed) -> Iterator[tuple[float, float]]:
    for (x1, y1, _), (x2, y2, _) in pairwise(placed):
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        yield from ((x, y + ABOVE), (x, y + BELOW))
        yield from ((x, y + 1.6 * ABOVE), (x, y + 1.4 * BELOW))
    half = width_of(series.title) / 2 + 9
    for x, y, _ in placed[-1:]:
        yield from ((x - half, y + 4), (x + half, y + 4))


def _stripes(frame: Frame, lane: Lane, block: Block) -> None:
    """The bands of the lane's first series that has any; named where there are more."""
    banded = [one for one in lane.series if one.stripes]
    for one in banded[:1]:
        prefix = f"{one.title}: " if len(lane.series) > 1 else ""
        for stripe in one.stripes:
            _stripe(frame, lane, block, stripe, prefix + stripe.words)


def _stripe(frame: Frame, lane: Lane, block: Block, stripe: Stripe, words: str) -> None:
    top, bottom = block.y(lane.share(stripe.high)), block.y(lane.share(stripe.low))
    if stripe.weight:
        frame.back.insert(0, _tinted(frame, top, bottom, stripe.weight))
    if bottom - top >= LEAST_STRIPE:
        half, y = width_of(words) / 2, top + 12
        middle = (frame.left + frame.right) / 2
        places = [(frame.left + 6 + half, y), (middle, y), (frame.right - 6 - half, y)]
        frame.front += frame.room.write(words, places)


def _tinted(frame: Frame, top: float, bottom: float, weight: float) -> Shape:
    shape = rect(frame.left, top, frame.right - frame.left, bottom - top, "is-band")
    return Shape(shape.tag, shape.css, {**shape.at, "fill-opacity": round(weight, 2)})
