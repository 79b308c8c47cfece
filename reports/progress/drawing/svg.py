"""A drawing as SVG: with the classes of the page, or with its looks written in."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from reports.progress.drawing import styles
from reports.progress.drawing.canvas import Drawing
from reports.progress.drawing.shapes import Shape, path, text

INK, INK_2, INK_3 = "#15252d", "#3a4d56", "#55676f"
BRAND, ORANGE, BLUE, GREEN, BROWN = (
    "#0d5361",
    "#a53d06",
    "#0a4f8f",
    "#1b6a3c",
    "#5a3c00",
)
DANGER, VIOLET, WHITE = "#9c1429", "#7567bd", "#ffffff"


def _line(colour: str, dashes: str = "", width: str = "2.25") -> Mapping[str, str]:
    drawn = {"stroke": colour, "fill": "none", "stroke-width": width}
    return drawn | ({"stroke-dasharray": dashes} if dashes else {})


def _open(colour: str) -> Mapping[str, str]:
    return {"stroke": colour, "fill": WHITE, "stroke-width": "2.25"}


# What the classes look like, for a file that has to carry its looks with it. The page
# has the same in mainstay.css and app.css.
LOOKS: Mapping[str, Mapping[str, str]] = {
    "": {"fill": INK_2},
    "is-strong": {"fill": INK, "font-weight": "650"},
    "is-grid": {"stroke": "#e3eaec"},
    "is-band": {"fill": "#fff0c7"},
    "is-event": {"stroke": INK_3, "stroke-dasharray": "2 3"},
    "is-now": {"stroke": INK, "stroke-width": "1.5"},
    "is-step": _line(INK_2, width="2"),
    "is-area": {"fill": "#e2eff1"},
    "is-exp": {"fill": BRAND},
    "is-unexp": {"fill": WHITE, "stroke": DANGER, "stroke-width": "2"},
    "is-open": {"fill": WHITE, "stroke": VIOLET, "stroke-dasharray": "2 2"},
    "is-miss": {"stroke": DANGER, "stroke-width": "2.25", "stroke-linecap": "round"},
    "is-visit": {"stroke": INK_2, "stroke-width": "2"},
    "is-a": _line(BRAND),
    "is-a-dot": {"fill": BRAND},
    "is-b": _line(ORANGE, "6 3"),
    "is-b-dot": _open(ORANGE),
    "is-c": _line(BLUE, "2 3"),
    "is-c-dot": {"fill": BLUE},
    "is-d": _line(GREEN, "10 3 2 3"),
    "is-d-dot": _open(GREEN),
    "is-e": _line(BROWN, "14 4"),
    "is-e-dot": {"fill": BROWN},
    "is-f": _line(INK, "4 2 1 2 1 2"),
    "is-f-dot": _open(INK),
}
FACE = "'Source Sans 3', 'Helvetica Neue', Arial, sans-serif"


def shapes(drawing: Drawing) -> SafeString:
    """Every shape, by what it is; how that looks is for the style sheet."""
    return format_html_join(
        "", "{}", ((_element(shape, _class(shape)),) for shape in drawing.shapes)
    )


def _class(shape: Shape) -> Mapping[str, str]:
    return {"class": shape.css} if shape.css else {}


def _element(shape: Shape, looks: Mapping[str, str]) -> SafeString:
    where = {name: _number(value) for name, value in shape.at.items()}
    attributes = format_html_join("", ' {}="{}"', {**looks, **where}.items())
    # Tags are written in shapes.py and nowhere else.
    tag = mark_safe(shape.tag)  # noqa: S308
    return format_html("<{}{}>{}</{}>", tag, attributes, shape.text, tag)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


type Lines = tuple[tuple[str, str], ...]
HEAD, LINE_HEIGHT, IN_A_LINE, EDGE = 30, 20, 5, 12


def document(
    drawing: Drawing,
    *,
    title: str,
    desc: str,
    key: Lines,
    words: tuple[str, ...],
    along: tuple[str, ...] = (),
) -> str:
    """A file of its own that needs no style sheet, on white, with title and key; `along`
    is what has to go with it, a line each."""
    rows = _rows(len(key)) + _rows(len(words))
    below = [
        *_key(key, drawing),
        *_words(words, drawing, _rows(len(key))),
        *_along(along, drawing, rows + 1),
    ]
    height = HEAD + drawing.height + LINE_HEIGHT * (rows + len(along) + 2)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -6 {w} {h}" width="{w}"'
        ' height="{h}" font-family="{face}" font-size="12" role="img">'
        "<title>{title}</title><desc>{desc}</desc>"
        '<rect x="-12" y="-6" width="{w}" height="{h}" fill="#ffffff"></rect>'
        '<text x="0" y="18" font-size="15" font-weight="650" fill="{ink}">{title}</text>'
        '<g transform="translate(0 {head})">{body}{below}</g></svg>\n',
        w=drawing.width + 2 * EDGE,
        h=height + EDGE,
        face=FACE,
        title=title,
        desc=desc,
        ink=INK,
        head=HEAD,
        body=_all(drawing.shapes),
        below=_all(below),
    )


def _all(found: Iterable[Shape]) -> SafeString:
    return format_html_join("", "{}", ((_element(s, LOOKS[s.css]),) for s in found))


def _rows(count: int) -> int:
    return -(-count // IN_A_LINE)


def _places(count: int, drawing: Drawing, first: int) -> Iterator[tuple[float, float]]:
    """Where so many words stand below the drawing, a few in a line."""
    wide = (drawing.width - drawing.left) / IN_A_LINE
    for number in range(count):
        row, column = divmod(number, IN_A_LINE)
        y = drawing.height + LINE_HEIGHT * (first + row + 1)
        yield drawing.left + column * wide, float(y)


def _key(key: Lines, drawing: Drawing) -> Iterator[Shape]:
    for (icon, words), (x, y) in zip(key, _places(len(key), drawing, 0), strict=True):
        yield from sign(icon, x + 10, y - 4)
        yield text(x + 26, y, words)


def _words(words: tuple[str, ...], drawing: Drawing, row: int) -> Iterator[Shape]:
    places = _places(len(words), drawing, row)
    for one, (x, y) in zip(words, places, strict=True):
        yield text(x, y, one)


def _along(lines: tuple[str, ...], drawing: Drawing, first: int) -> Iterator[Shape]:
    for number, one in enumerate(lines):
        yield text(0, drawing.height + LINE_HEIGHT * (first + number + 1), one)


def sign(icon: str, x: float, y: float) -> Iterator[Shape]:
    """A sign of the key: a series with a piece of its line, or one of the others."""
    if icon in styles.SIGNS:
        yield styles.SIGNS[icon](x, y)
        return
    found = next(style for style in styles.STYLES if style.letter == icon)
    yield path(f"M{x - 10:.1f} {y:.1f}h20", found.line)
    yield found.draw(x, y)


def sign_of_key(icon: str) -> SafeString:
    """The same for the key of a page."""
    return format_html_join(
        "", "{}", ((_element(s, _class(s)),) for s in sign(icon, 10, 10))
    )
