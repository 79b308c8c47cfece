"""A file of results, read line by line: each line a result, or the reason why not.

No Django. What a line says about whose it is and whether it is on record already is
for the caller.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from io import StringIO
from typing import Any

from accounts.refusals import Refused
from assessments.observations.file_days import DayOrder, day_or_moment, order_of
from assessments.observations.kinds import BY_CODE, ObservationKind
from assessments.observations.names import is_drug_test, is_pair, measure_named
from assessments.observations.numbers import NotAResult, plain, with_sign
from assessments.observations.reading import LabResult, Sent, read_results

MOST_BYTES = 1_000_000
MOST_LINES = 2_000
LONGEST_CELL = 200
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mrn": ("mrn", "medical record number", "record number", "patient id"),
    "test": ("test", "code", "measurement", "name", "loinc", "analyte", "test name"),
    "value": ("value", "result"),
    "unit": ("unit", "units", "uom", "unit of measure"),
    "low": ("low", "lower limit", "reference low", "ref low"),
    "high": ("high", "upper limit", "reference high", "ref high"),
    "range": ("range", "reference range", "ref range", "reference interval"),
    "flag": ("flag", "flags", "abnormal", "abnormal flag", "interpretation"),
    "measured": (
        *("measured", "date", "collected", "collected at", "date time", "when"),
        *("collection date", "collected on", "date collected", "specimen date"),
    ),
    "source": ("source", "laboratory", "lab", "from"),
    "sure": ("sure", "confirmed"),
}
NEEDED = ("test", "value", "measured")
EARLIEST = date(1900, 1, 1)
NOT_KEPT = "This test is not kept here. Record it in the note, or ask to have it added."
DRUG_TEST = "This is a drug test. Record it with its specimen, under Toxicology."


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
    comparator: str = ""
    low_limit: str | None = None
    high_limit: str | None = None
    flag: str = ""
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
    def result(self) -> LabResult:
        return LabResult(
            self.code,
            _number(self.value),
            self.text,
            self.comparator,
            _number(self.low_limit),
            _number(self.high_limit),
            self.flag,
            self.entered,
        )

    @property
    def kept_as(self) -> str:
        """The result as it is kept; empty where that is what was sent."""
        if self.value is None:
            return self.text
        number = with_sign(self.comparator, plain(Decimal(self.value)))
        words = f"{number} {BY_CODE[self.code].unit}".strip()
        return ", ".join(part for part in (words, self.text, self.flag) if part)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def line_from(stored: Mapping[str, Any]) -> LabLine:
    return LabLine(**stored)


@dataclass(frozen=True, slots=True)
class FileTime:
    """What the days of a file are read by."""

    zone: tzinfo
    at: datetime
    order: DayOrder


def read_file(
    content: bytes, *, zone: tzinfo, at: datetime, day_order: str = ""
) -> list[LabLine]:
    """Every line of the file, in its order. Times without a zone are the clinic's;
    `day_order` is what somebody chose where the file does not show it."""
    text = _text(content)
    rows = csv.reader(StringIO(text, newline=""), _dialect(text))
    places = _places(_head(rows))
    said = [(number, _cells(cells, places)) for number, cells in _numbered(rows)]
    if not said:
        raise FileRefused("The file has a head and no lines under it.")
    days = ((number, cells["measured"]) for number, cells in said)
    by = FileTime(zone, at, order_of(days, day_order))
    return [line for number, cells in said for line in _lines(number, cells, by)]


def _cells(cells: list[str], places: Mapping[str, int]) -> dict[str, str]:
    return {name: _cell(cells, place) for name, place in places.items()}


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


def _lines(number: int, said: Mapping[str, str], by: FileTime) -> Iterable[LabLine]:
    """The results of one line, or the line with the reason why not."""
    line = LabLine(
        number=number,
        mrn=said.get("mrn", "")[:40],
        test=said["test"][:60],
        shown=f"{said['value']} {said.get('unit', '')}".strip()[:60],
        source=said.get("source", "")[:80],
    )
    try:
        return list(_with_results(line, said, by))
    except NotAResult as refusal:
        return [replace(line, problem=str(refusal))]


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip()[:LONGEST_CELL] if place < len(cells) else ""


def _with_results(
    line: LabLine, said: Mapping[str, str], by: FileTime
) -> Iterator[LabLine]:
    measure = _measure(said["test"])
    results = read_results(measure, _sent(said))
    if is_pair(measure, said["test"]) and len(results) == 1:
        raise NotAResult("Write both numbers, such as 120/80.")
    when, day = _moment(said["measured"], by)
    for result in results:
        # Of two results of one line each says which of them it is.
        which = f", {BY_CODE[result.code].label.lower()}" if len(results) > 1 else ""
        own = replace(line, code=result.code, test=f"{line.test}{which}", day=day)
        yield _filled(own, result, when)


def _measure(name: str) -> ObservationKind:
    measure = measure_named(name)
    if measure is None:
        raise NotAResult(DRUG_TEST if is_drug_test(name) else NOT_KEPT)
    return measure


def _sent(said: Mapping[str, str]) -> Sent:
    return Sent(
        said["value"],
        unit=said.get("unit", ""),
        low_limit=said.get("low", ""),
        high_limit=said.get("high", ""),
        range=said.get("range", ""),
        flag=said.get("flag", ""),
        is_sure=said.get("sure", "").lower() in ("yes", "y", "true", "1"),
    )


def _filled(line: LabLine, result: LabResult, when: datetime) -> LabLine:
    return replace(
        line,
        value=_stored(result.value),
        text=result.text,
        comparator=result.comparator,
        flag=result.flag,
        low_limit=_stored(result.low_limit),
        high_limit=_stored(result.high_limit),
        entered=result.entered,
        effective_at=when.isoformat(),
    )


def _number(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def _stored(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _moment(text: str, by: FileTime) -> tuple[datetime, str]:
    """The moment, and the day alone where no hour was said: such a day stands for its
    noon, today for now."""
    found = day_or_moment(text, by.order, year=by.at.year)
    if found is None:
        raise NotAResult("Write the day as 2026-11-21 or 11/21/2026.")
    day = "" if isinstance(found, datetime) else found.isoformat()
    moment = found if isinstance(found, datetime) else _noon(found, by)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=by.zone)
    if moment > by.at:
        raise NotAResult("This day is still to come.")
    if moment.date() < EARLIEST:
        raise NotAResult("Before 1900. Check the year.")
    return moment, day


def _noon(on: date, by: FileTime) -> datetime:
    local = by.at.astimezone(by.zone)
    noon = datetime.combine(on, time(12), tzinfo=by.zone)
    return min(noon, local) if on == local.date() else noon
