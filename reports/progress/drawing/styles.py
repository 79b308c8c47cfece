"""Styles of the series: line, point, and colour last of all. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.progress.drawing.shapes import Shape, path
from reports.progress.model import AxisFit

type Symbol = Callable[[float, float], Shape]


@dataclass(frozen=True, slots=True)
class Style:
    """Line and point of one series."""

    letter: str
    point: Callable[[float, float], str]

    @property
    def line(self) -> str:
        return f"is-{self.letter}"

    @property
    def dot(self) -> str:
        return f"is-{self.letter}-dot"

    def draw(self, x: float, y: float) -> Shape:
        return path(self.point(x, y), self.dot)


def circle(x: float, y: float) -> str:
    return f"M{x - 4:.1f} {y:.1f}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"


def upward(x: float, y: float) -> str:
    return f"M{x:.1f} {y - 5:.1f}l5 9h-10z"


def downward(x: float, y: float) -> str:
    return f"M{x:.1f} {y + 5:.1f}l5-9h-10z"


def square(x: float, y: float) -> str:
    return f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"


def star(x: float, y: float) -> str:
    return f"M{x:.1f} {y - 6:.1f}l2 4 4 2-4 2-2 4-2-4-4-2 4-2z"


STYLES = (
    Style("a", circle),
    Style("b", circle),
    Style("c", upward),
    Style("d", square),
    Style("e", downward),
    Style("f", star),
)


def style_of(place: int) -> Style:
    """The style of the series that was chosen at this place."""
    return STYLES[place % len(STYLES)]


def expected(x: float, y: float) -> Shape:
    return path(f"M{x - 4.5:.1f} {y - 4.5:.1f}h9v9h-9z", "is-exp")


def unexpected(x: float, y: float) -> Shape:
    return path(f"M{x:.1f} {y - 7:.1f}l7 7-7 7-7-7z", "is-unexp")


def unjudged(x: float, y: float) -> Shape:
    return path(f"M{x - 5:.1f} {y:.1f}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "is-open")


def missed(x: float, y: float) -> Shape:
    return path(f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0-7-7 7", "is-miss")


def kept(x: float, y: float) -> Shape:
    return path(f"M{x:.1f} {y - 5:.1f}v10", "is-visit")


# Every sign that is no series, by its class; and which of them a specimen gets.
SIGNS: Mapping[str, Symbol] = {
    "exp": expected,
    "unexp": unexpected,
    "open": unjudged,
    "miss": missed,
    "visit": kept,
}
FITS = {AxisFit.EXPECTED: "exp", AxisFit.UNEXPECTED: "unexp", AxisFit.OPEN: "open"}
