"""The sheet that a chart is drawn on: its measures, its time axis, its free room. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import wrap

from reports.progress.drawing.shapes import LINE_HEIGHT, Box, Room, Shape, text
from reports.progress.drawing.span import Span

LEVEL = 17
NAME_LETTERS = 13


@dataclass(frozen=True, slots=True)
class FrameForm:
    """How large, and how much of it, for one width of the page."""

    width: int
    left: int
    right: int
    lane: int
    low_lane: int
    doses: int
    row: int
    levels: int
    ticks: int
    gap: int = 26
    # Names of rows stand above them where there is no room beside them.
    names_above: bool = False

    @property
    def top(self) -> int:
        return self.levels * LEVEL + 8

    @property
    def plot(self) -> int:
        return self.width - self.left - self.right


WIDE = FrameForm(1060, 112, 14, 174, 112, 88, 36, 3, 12)
BROAD = FrameForm(1340, 112, 14, 210, 120, 96, 36, 3, 16)
NARROW = FrameForm(300, 28, 10, 140, 104, 72, 26, 2, 5, 14, names_above=True)


@dataclass(slots=True)
class Frame:
    """A sheet being drawn on, from the back to the front."""

    form: FrameForm
    span: Span
    height: float
    room: Room = field(init=False)
    back: list[Shape] = field(default_factory=list)
    front: list[Shape] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = Room(Box(0, 0, self.form.width, self.height))

    @property
    def left(self) -> float:
        return float(self.form.left)

    @property
    def right(self) -> float:
        return float(self.form.width - self.form.right)

    def x(self, when: date | datetime) -> float:
        return self.form.left + self.span.share(when) * self.form.plot

    def inside(self, x: float) -> float:
        return min(max(x, self.left), self.right)

    def name(self, words: str, top: float, middle: float) -> None:
        """A row's name: beside it in lines of a few letters, or in one line above."""
        if self.form.names_above:
            self._name(words, top - 8)
            return
        lines = wrap(words, NAME_LETTERS)
        first = middle - (len(lines) - 1) * 8 + 4
        for number, line in enumerate(lines):
            self._name(line, first + number * 16)

    def _name(self, words: str, baseline: float) -> None:
        self.front.append(text(0, baseline, words))
        wide = len(words) * 6.1
        self.room.take(Box(0, baseline - LINE_HEIGHT + 3, wide, baseline + 3))


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the height for one lane or row."""

    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    def y(self, share: float) -> float:
        """From the bottom up."""
        return self.bottom - share * self.height
