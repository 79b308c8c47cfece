"""The few shapes that a chart is made of, and where words find room. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# Of the face at 12 px; bold figures are a little wider than the mean letter.
LETTER, LINE_HEIGHT = 6.1, 14.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of the drawing; `css` is what it is, never how it looks."""

    tag: str
    css: str
    at: Mapping[str, str | float]
    text: str = ""


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> Shape:
    return Shape("line", css, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})


def rect(x: float, y: float, width: float, height: float, css: str) -> Shape:
    return Shape("rect", css, {"x": x, "y": y, "width": width, "height": height})


def path(d: str, css: str) -> Shape:
    return Shape("path", css, {"d": d})


def text(x: float, y: float, words: str, css: str = "", anchor: str = "") -> Shape:
    at: dict[str, str | float] = {"x": x, "y": y}
    return Shape("text", css, at | ({"text-anchor": anchor} if anchor else {}), words)


def joined(points: Iterable[tuple[float, float]]) -> str:
    """A line through points."""
    return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


def boxes_along(points: Sequence[tuple[float, float]]) -> "Iterator[Box]":
    """Small boxes where a line through points runs."""
    for (x1, y1), (x2, y2) in pairwise(points):
        parts = max(int(max(abs(x2 - x1), abs(y2 - y1)) / 6), 1)
        for part in range(parts + 1):
            x, y = x1 + (x2 - x1) * part / parts, y1 + (y2 - y1) * part / parts
            yield Box(x - 3, y - 2, x + 3, y + 2)


def width_of(words: str) -> float:
    return len(words) * LETTER


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(slots=True)
class Room:
    """What is taken on the drawing, so that no words stand on others."""

    within: Box
    taken: list[Box] = field(default_factory=list)

    def take(self, box: Box) -> None:
        self.taken.append(box)

    def fits(self, box: Box) -> bool:
        edge = self.within
        inside = edge.left <= box.left and box.right <= edge.right
        return inside and not any(box.meets(other) for other in self.taken)

    def write(
        self,
        words: str,
        places: Iterable[tuple[float, float]],
        css: str = "",
        *,
        clear_of: Sequence[Box] = (),
    ) -> list[Shape]:
        """The words, centred on the first place that is free; nothing where none is."""
        half = width_of(words) / 2
        for x, baseline in places:
            box = Box(x - half, baseline - LINE_HEIGHT + 3, x + half, baseline + 3)
            if self.fits(box) and not any(box.meets(one) for one in clear_of):
                self.take(box)
                return [text(x, baseline, words, css, "middle")]
        return []
