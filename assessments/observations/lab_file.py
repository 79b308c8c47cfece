"""A file of results, read line by line: each line a result, or the reason why not.

No Django. What a line says about whose it is and whether it is on record already is
for the caller.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from io import StringIO
from typing import Any

from accounts.refusals import Refused
from assessments.observations.kinds import BY_CODE, measure_named
from assessments.observations.reading import (
    LabResult,
    NotAResult,
    Sent,
    plain,
    read_result,
)

MOST_BYTES = 1_000_000
MOST_LINES = 2_000
LONGEST_CELL = 200
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mrn": ("mrn", "medical record number", "record number", "patient id"),
    "test": ("test", "code", "measurement", "name", "loinc", "analyte", "test name"),
    "value": ("value", "result"),
    "unit": ("unit", "units"),
    "low": ("low", "lower limit", "reference low", "ref low"),
    "high": ("high", "upper limit", "reference high", "ref high"),
    "range": ("range", "reference range", "ref range", "reference interval"),
    "measured": ("measured", "date", "collected", "collected at", "date time", "when"),
    "source": ("source", "laboratory", "lab", "from"),
    "sure": ("sure", "confirmed"),
}
NEEDED = ("test", "value", "measured")
MOMENTS = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")
EARLIEST = date(1900, 1, 1)


class FileRefused(Refused):
    """The file as a whole cannot be read; the text says why and what to do."""

    field = "file"


@dataclass(frozen=True, slots=True)
class LabLine:
    """One line: where it stood, whose it is said to be, and a result or a reason."""

    number: int
    mrn: str = ""
    test: str = ""
    shown: str = ""
    code: str = ""
    value: str | None = None
    text: str = ""
    low_limit: str | None = None
    high_limit: str | None = None
    entered: str = ""
    effective_at: str = ""
    # The day alone, where the file names no hour.
    day: str = ""
    source: str = ""
    problem: str = ""
    patient: int | None = None
    is_known: bool = False

    @property
    def is_good(self) -> bool:
        return not self.problem and not self.is_known

    @property
    def when(self) -> datetime | None:
        return datetime.fromisoformat(self.effective_at) if self.effective_at else None

    @property
    def kept_as(self) -> str:
        """The value in the unit of its kind; empty for a word."""
        if self.value is None:
            return ""
        return f"{plain(Decimal(self.value))} {BY_CODE[self.code].unit}".strip()

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def line_from(stored: Mapping[str, Any]) -> LabLine:
    return LabLine(**stored)


def read_file(content: bytes, *, zone: tzinfo, at: datetime) -> list[LabLine]:
    """Every line of the file, in its order. Times without a zone are the clinic's."""
    text = _text(content)
    rows = csv.reader(StringIO(text, newline=""), _dialect(text))
    places = _places(_head(rows))
    lines = [
        _line(number, cells, places, zone, at) for number, cells in _numbered(rows)
    ]
    if not lines:
        raise FileRefused("The file has a head and no lines under it.")
    return lines


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise FileRefused("The file is larger than 1 MB. Split it.")
    if b"\x00" in content:
        raise FileRefused("This is not a text file. Save it as CSV (UTF-8) first.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        where = content[: wrong.start].count(b"\n") + 1
        raise FileRefused(
            f"Line {where} is not UTF-8 text. Save the file as CSV (UTF-8)."
        ) from None
    if not text.strip():
        raise FileRefused("The file is empty.")
    return text


def _dialect(text: str) -> type[csv.Dialect]:
    """What stands between the cells: what the head holds most of."""
    head = text.lstrip().partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _head(rows: Iterator[list[str]]) -> list[str]:
    try:
        return next(row for row in rows if any(cell.strip() for cell in row))
    except csv.Error:
        raise FileRefused("The first line cannot be read as CSV.") from None


def _places(head: list[str]) -> dict[str, int]:
    """Which column holds what; refuses a file without the needed ones."""
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in head]
    places: dict[str, int] = {}
    for column, spellings in COLUMNS.items():
        found = [names.index(spelling) for spelling in spellings if spelling in names]
        if found:
            places[column] = found[0]
    missing = [column for column in NEEDED if column not in places]
    if missing:
        raise FileRefused(
            f"No column is called {' or '.join(missing)}. The first line has to name "
            "the columns: mrn, test, value, unit, measured; low, high, source where "
            "there are any."
        )
    return places


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Every line that says anything, by its number in the file."""
    reader: Any = rows
    count = 0
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise FileRefused(
                f"Line {reader.line_num} cannot be read: {wrong}. Nothing was kept."
            ) from None
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_LINES:
                raise FileRefused(f"More than {MOST_LINES} lines. Split the file.")
            yield reader.line_num, cells


def _line(
    number: int,
    cells: list[str],
    places: Mapping[str, int],
    zone: tzinfo,
    at: datetime,
) -> LabLine:
    said = {name: _cell(cells, place) for name, place in places.items()}
    line = LabLine(
        number=number,
        mrn=said.get("mrn", "")[:40],
        test=said["test"][:60],
        shown=f"{said['value']} {said.get('unit', '')}".strip()[:60],
        source=said.get("source", "")[:80],
    )
    try:
        return _with_result(line, said, zone, at)
    except NotAResult as refusal:
        return replace(line, problem=str(refusal))


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip()[:LONGEST_CELL] if place < len(cells) else ""


def _with_result(
    line: LabLine, said: Mapping[str, str], zone: tzinfo, at: datetime
) -> LabLine:
    measure = measure_named(said["test"])
    if measure is None:
        raise NotAResult(
            "This test is not kept here. Record it in the note, or ask to have it added."
        )
    low, high = _limits(said)
    sure = said.get("sure", "").lower() in ("yes", "y", "true", "1")
    result = read_result(
        measure, Sent(said["value"], said.get("unit", ""), low, high, is_sure=sure)
    )
    when = _moment(said["measured"], zone, at)
    parsed = _parsed(said["measured"])
    day = "" if isinstance(parsed, datetime) else when.date().isoformat()
    return _filled(replace(line, code=measure.code, day=day), result, when)


def _filled(line: LabLine, result: LabResult, when: datetime) -> LabLine:
    return replace(
        line,
        value=_stored(result.value),
        text=result.text,
        low_limit=_stored(result.low_limit),
        high_limit=_stored(result.high_limit),
        entered=result.entered,
        effective_at=when.isoformat(),
    )


def _stored(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _limits(said: Mapping[str, str]) -> tuple[str, str]:
    """The laboratory's limits: in columns of their own, or as one range."""
    low, high = said.get("low", ""), said.get("high", "")
    span = said.get("range", "").replace("\N{EN DASH}", "-").replace(" to ", "-")
    if low or high or not span:
        return low, high
    if span[:1] in "<≤":
        return "", span.lstrip("<≤= ")
    if span[:1] in ">≥":
        return span.lstrip(">≥= "), ""
    first, _, last = span.partition("-")
    return first.strip(), last.strip()


def _moment(text: str, zone: tzinfo, at: datetime) -> datetime:
    """The day, or day and hour; a day alone stands for its noon, today for now."""
    found = _parsed(text)
    if found is None:
        raise NotAResult("Write the day as 2026-11-21 or 11/21/2026.")
    if not isinstance(found, datetime):
        local = at.astimezone(zone)
        noon = datetime.combine(found, time(12), tzinfo=zone)
        found = min(noon, local) if found == local.date() else noon
    moment = found if found.tzinfo else found.replace(tzinfo=zone)
    if moment > at:
        raise NotAResult("This day is still to come.")
    if moment.date() < EARLIEST:
        raise NotAResult("Before 1900. Check the year.")
    return moment


def _parsed(text: str) -> datetime | date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else _iso(text)
    except ValueError:
        return _american(text)


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _american(text: str) -> datetime | date | None:
    for form in MOMENTS:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the clinic's clock is put on it
        except ValueError:
            continue
        return found if "%H" in form else found.date()
    return None
