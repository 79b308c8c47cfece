"""Reading the files: line by line, with what is wrong said by file and line. Pure."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

NOMINAL_CONSENT = date(2026, 1, 5)
# No person was followed for longer than this; a day beyond it is a slip.
FARTHEST_DAY = 3000
# No cell of these files is as long, and no column of ours holds more.
LONGEST_CELL = 60
MOST_DIGITS = 9
UNREADABLE = "\ufffd"
UNTOLD = ("", "NA")


class Reader(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class CohortUnreadable(Exception):
    """A file is missing, or lacks a column; nothing has been imported from it."""


class NotHeld(Exception):
    """This row cannot be held, and why."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of one file."""

    file: str
    line: int
    values: Mapping[str, str]
    # What is strange about the line itself, whatever it says.
    odd: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def who(self) -> int:
        """The person's number; refuses a row that names nobody."""
        text = self.values["who"]
        if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
            raise NotHeld("names no person (who is empty or no number)")
        if any(len(cell) > LONGEST_CELL for cell in self.values.values()):
            raise NotHeld("has a cell longer than any that belongs here")
        return int(text)

    def day(self, column: str = "when") -> date:
        """The nominal date of a trial day; refuses a row without one."""
        return NOMINAL_CONSENT + timedelta(days=self.number_of(column, "day"))

    def day_if_known(self, column: str = "when") -> date | None:
        """The same; None where the row has no day."""
        return self.day(column) if self.values[column] not in UNTOLD else None

    def number_of(self, column: str, what: str) -> int:
        text = self.values[column]
        if text in UNTOLD:
            raise NotHeld(f"has no {what}")
        try:
            number = int(text)
        except ValueError:
            raise NotHeld(f"has {text[:20]!r} where a {what} belongs") from None
        if abs(number) > FARTHEST_DAY:
            raise NotHeld(f"has the {what} {number}, which cannot be")
        return number


def noon(day: date) -> datetime:
    """Midday of a nominal day: the trials give no hours."""
    return datetime.combine(day, time(12), UTC)


def rows(folder: Path, file: str, columns: tuple[str, ...]) -> Iterator[SourceRow]:
    """Every line of a file; refuses a file that is missing or lacks a column."""
    path = folder / file
    if not path.is_file():
        raise CohortUnreadable(f"{file} is not in {folder}.")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream)
        try:
            yield from _rows(file, reader, columns)
        except csv.Error as fault:
            where = f"{file}, line {reader.line_num}"
            raise CohortUnreadable(f"{where}: {fault}.") from None


def _rows(file: str, reader: Reader, columns: tuple[str, ...]) -> Iterator[SourceRow]:
    header = [name.strip() for name in next(reader, [])]
    lacking = [column for column in columns if column not in header]
    if lacking:
        raise CohortUnreadable(f"{file} lacks the column {', '.join(lacking)}.")
    before = reader.line_num
    for cells in reader:
        odd = [*_oddities(header, cells)]
        if reader.line_num > before + 1:
            odd.append(f"runs over {reader.line_num - before} lines")
        before = reader.line_num
        yield _row(file, before, header, cells, "; ".join(odd))


def _oddities(header: list[str], cells: list[str]) -> Iterator[str]:
    if len(cells) != len(header):
        yield f"{len(cells)} cells where {len(header)} belong"
    line = "".join(cells)
    if "\x00" in line:
        yield "NUL characters, left out"
    if UNREADABLE in line:
        yield "characters that are not UTF-8"


def _row(
    file: str, line: int, header: list[str], cells: list[str], odd: str
) -> SourceRow:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    clean = (cell.replace("\x00", "").strip() for cell in padded)
    return SourceRow(file, line, dict(zip(header, clean, strict=False)), odd)
