"""Columns of the cohort's files, and what each says, as one table declares them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from interop.cohort.records import Cell, CohortAnswer, Observed, Record
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow, noon
from knowledge.tables import read_file, shaped

CONSENT = noon(NOMINAL_CONSENT)
BLANK = ("", "NA", "Missing")
ASKED_NOT_TOLD = ("Not answered", "Refused/missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What is read from a column, or from several alike; columns.toml says how."""

    columns: tuple[str, ...] = ()
    code: str = ""
    question: str = ""
    kind: Literal["text", "yes_no", "number", "level"] = "text"
    names: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    besides: tuple[str, ...] = ()
    refusal: str = ""
    number: str = ""
    within: tuple[int, int] = (0, 0)
    beyond: str = ""
    unit: str = ""
    says: str = ""
    key: tuple[str, ...] = ()
    is_dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """A column that must hold one of these cells."""

    column: str
    cells: tuple[str, ...]
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """One file: the columns it must have, and what is taken from them."""

    name: str
    columns: tuple[str, ...]
    takes: tuple[Take, ...] = ()
    like: str = ""
    among: Among | None = None


DECLARED = read_file(Path(__file__).with_name("columns.toml"))
_MAPS = shaped(tuple[ColumnMap, ...], DECLARED["files"], "columns of the cohort")
MAPS: Mapping[str, ColumnMap] = {one.name: one for one in _MAPS}


def said(row: SourceRow, column: str) -> str | None:
    """What was answered; None where nobody asked or wrote it down."""
    return None if row[column] in BLANK else row[column]


def yes_no(row: SourceRow, column: str) -> bool | None:
    text = row[column]
    if text in ("Yes", "No"):
        return text == "Yes"
    if text in BLANK or text in ASKED_NOT_TOLD:
        return None
    raise NotHeld(f"has {text[:20]!r} in {column}, where Yes or No belongs")


def read_columns(row: SourceRow) -> Iterator[Record]:
    """What a row says by the map of its file; refuses what cannot be held."""
    who, file = row.who(), MAPS[row.file]
    among = file.among
    if among and row[among.column] not in among.cells:
        raise NotHeld(among.refusal.format(cell=row[among.column][:20]))
    for take in (MAPS[file.like] if file.like else file).takes:
        for column in take.columns or take.names:
            cell = _cell(take, row, column)
            if cell is not None:
                yield _record(take, row, who, column, cell)


def _cell(take: Take, row: SourceRow, column: str) -> Cell:
    """What a cell says; None where it says nothing."""
    if take.kind == "number":
        is_told = said(row, column) is not None
        return _number(take, row, column) if is_told else None
    if take.kind == "yes_no":
        is_yes = yes_no(row, column)
        if take.question or is_yes is None:
            return is_yes
        return take.words.get(row[column], row[column])
    text = take.words.get(row[column]) if take.words else said(row, column)
    if text is None and take.refusal:
        raise NotHeld(take.refusal)
    return None if text in take.besides else text


def _number(take: Take, row: SourceRow, column: str) -> int:
    number = row.number_of(column, take.number)
    low, high = take.within
    if not low <= number <= high:
        raise NotHeld(take.beyond.format(number=number))
    return number


def _record(take: Take, row: SourceRow, who: int, column: str, cell: Cell) -> Record:
    if take.question:
        return CohortAnswer(who, take.question, cell, CONSENT)
    name = take.names.get(column, "")
    parts = [row.values.get(part, "") for part in take.key] if take.key else [column]
    told = {part: row.values.get(part, "").lower() for part in take.key}
    code = take.code.format(column=column, name=name, **told)
    is_number = take.kind == "number"
    return Observed(
        who,
        code,
        ":".join((row.file, str(who), *parts)),
        noon(row.day()) if take.is_dated else CONSENT,
        value=int(row[column]) if take.kind in ("number", "level") else None,
        text="" if is_number else take.says or str(cell),
        unit=take.unit,
    )
