"""The whole chart on one time axis, for one width of the page. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from reports.progress.drawing import styles
from reports.progress.drawing.frame import LEVEL, Block, Frame, FrameForm
from reports.progress.drawing.lanes import Lane, lanes_of
from reports.progress.drawing.rows import draw_doses, draw_row
from reports.progress.drawing.scores import draw_lane
from reports.progress.drawing.shapes import Shape, line, text, width_of
from reports.progress.drawing.span import Span
from reports.progress.drawing.styles import Style, Symbol
from reports.progress.model import Doses, Mark, ProgressStory, Series

ROW_GAP, NAME, AXIS = 4, 20, 22


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes from the back to the front, and where the plot lies among them."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A mark with the number that stands for it where its words find no room."""

    number: int
    mark: Mark


def styles_of(series: tuple[Series, ...]) -> dict[str, Style]:
    """Each chosen series with what tells it from the others."""
    return {one.key: styles.style_of(place) for place, one in enumerate(series)}


def marks_in(story: ProgressStory, span: Span) -> list[Numbered]:
    """What happened in those days, numbered from the oldest."""
    inside = [mark for mark in story.marks if span.holds(mark.on)]
    ordered = sorted(inside, key=lambda mark: mark.on)
    return [Numbered(number, mark) for number, mark in enumerate(ordered, start=1)]


@dataclass(frozen=True, slots=True)
class CanvasPart:
    """One lane or row: how high it is, and how it is drawn."""

    height: float
    paint: Callable[[Frame, Block], None]
    is_row: bool = False


def draw(
    story: ProgressStory, span: Span, series: tuple[Series, ...], form: FrameForm
) -> Drawing:
    """Scores, doses, toxicology, missed days and visits, with what happened."""
    seen = tuple(one.within(span.since, span.until) for one in series)
    parts = list(_parts(story, span, lanes_of(seen), styles_of(series), form))
    blocks = _stacked(parts, form)
    bottom = blocks[-1].bottom if blocks else form.top + 40.0
    frame = Frame(form, span, bottom + AXIS)
    for part, block in zip(parts, blocks, strict=True):
        part.paint(frame, block)
    _ticks(frame, bottom)
    _happened(frame, marks_in(story, span), bottom, story)
    return Drawing(
        form.width,
        round(bottom + AXIS),
        frame.left,
        frame.right,
        form.top,
        bottom,
        (*frame.back, *frame.front),
    )


def _parts(
    story: ProgressStory,
    span: Span,
    lanes: list[Lane],
    by_key: dict[str, Style],
    form: FrameForm,
) -> Iterator[CanvasPart]:
    """Each lane and row with its height, from the top down."""
    for place, lane in enumerate(lanes):
        height = form.low_lane if place else form.lane
        yield CanvasPart(height, partial(draw_lane, lane=lane, styles=by_key))
    for one in story.doses:
        if _is_taken_in(one, span):
            yield CanvasPart(
                form.doses, partial(draw_doses, doses=one, today=story.today)
            )
    for name, found in _rows(story).items():
        if any(span.holds(day) for day, _ in found):
            yield CanvasPart(
                form.row, partial(draw_row, name=name, symbols=found), is_row=True
            )


type Signs = list[tuple[date, Symbol]]


def _is_taken_in(doses: Doses, span: Span) -> bool:
    """Whether any amount held on any of those days."""
    last = doses.steps[-1]
    ended = last.on if last.mg is None or not doses.is_daily else span.until
    return doses.steps[0].on <= span.until and ended >= span.since


def _rows(story: ProgressStory) -> dict[str, Signs]:
    return {
        "Toxicology": [
            (one.on, styles.SIGNS[styles.FITS[one.fit]]) for one in story.specimens
        ],
        "Missed days": [(day, styles.missed) for day in story.missed],
        "Visits": [
            *((day, styles.kept) for day in story.visits),
            *((day, styles.missed) for day in story.visits_missed),
        ],
    }


def _stacked(parts: list[CanvasPart], form: FrameForm) -> list[Block]:
    """One below the other; lanes of numbers keep a distance, rows do not."""
    blocks: list[Block] = []
    y = float(form.top)
    for part in parts:
        y += NAME if form.names_above else 0
        blocks.append(Block(y, part.height))
        y += part.height + (ROW_GAP if part.is_row else form.gap)
    return blocks


def _ticks(frame: Frame, bottom: float) -> None:
    for tick in frame.span.ticks(frame.form.ticks):
        x = frame.x(tick.on)
        frame.back.append(line(x, frame.form.top, x, bottom, "is-grid"))
        if x + 4 + width_of(tick.words) <= frame.form.width:
            frame.front.append(text(x + 4, bottom + 18, tick.words))


def _happened(
    frame: Frame, marks: list[Numbered], bottom: float, story: ProgressStory
) -> None:
    """Today and every mark: a line down, and at the top its words or its number."""
    if frame.span.holds(story.today):
        x = frame.inside(frame.x(story.today))
        top = _head(frame, x, ["Today"], "is-strong")
        frame.front.append(line(x, top, x, bottom, "is-now"))
    for one in marks:
        x = frame.inside(frame.x(one.mark.on))
        number = str(one.number)
        words = [number] if frame.form.names_above else [one.mark.words, number]
        top = _head(frame, x, words, "")
        frame.back.append(line(x, top, x, bottom, "is-event"))


def _head(frame: Frame, x: float, offered: list[str], css: str) -> float:
    """The first of the words that find room at any level; where its line begins."""
    for words in offered:
        half = width_of(words) / 2
        at = min(max(x, half), frame.form.width - half)
        places = [(at, 14.0 + LEVEL * level) for level in range(frame.form.levels)]
        written = frame.room.write(words, places, css)
        if written:
            frame.front += written
            return float(written[0].at["y"]) + 5
    return float(frame.form.top) - 4
