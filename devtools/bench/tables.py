"""Rows of words as a table that a terminal shows. Pure."""

from collections.abc import Iterator, Sequence


class BenchRow(tuple[str, ...]):
    """The cells of one line, the first of them its name."""

    __slots__ = ()

    def __new__(cls, *cells: str) -> "Row":
        return super().__new__(cls, cells)


def table(head: BenchRow, rows: Sequence[BenchRow]) -> Iterator[str]:
    """Names to the left, figures to the right, and an empty line after all."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    yield _line(head, widths)
    yield "  ".join("-" * width for width in widths)
    for row in rows:
        yield _line(row, widths)
    yield ""


def _line(row: BenchRow, widths: list[int]) -> str:
    name, *figures = row
    cells = [name.ljust(widths[0])]
    cells += [f.rjust(width) for f, width in zip(figures, widths[1:], strict=True)]
    return "  ".join(cells).rstrip()
