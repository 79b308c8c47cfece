"""The lines of the formulary, as its files hold them. No Django."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from medications.knowledge.cards import Check, check_of, next_check
from medications.rules.effects import PARENTS

HERE = Path(__file__).parent
# In the order in which a reader meets them.
BOOKS = (
    "methadone",
    "buprenorphine",
    "sublocade",
    "brixadi",
    "naltrexone",
    "adjuncts",
    "reversal",
    "transitions",
    "duration",
    "half_lives",
    "toxicology",
)
ABOUT_THE_LINE = frozenset({"key", "text", "tag", "cites", "for", "checked"})


class NoSuchLine(LookupError):
    """The formulary keeps no line of that name."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One statement, its own numbers, and how far it was checked."""

    key: str
    text: str
    numbers: Mapping[str, Any]
    medications: tuple[str, ...]
    tag: str
    cites: tuple[str, ...]
    checked: date

    def __getitem__(self, name: str) -> Any:
        return self.numbers[name]

    def amount(self, name: str) -> Decimal:
        return Decimal(self.numbers[name])

    def days(self, name: str) -> int:
        return int(self.numbers[name])

    @property
    def check(self) -> Check:
        return check_of(self.tag)

    @property
    def next_check(self) -> date:
        """The day by which this line is looked at again."""
        return next_check(self.tag, self.checked)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Lines that belong together, of one book and its part of the reference."""

    book: str
    key: str
    title: str
    part: str
    lines: tuple[Line, ...]

    def line(self, key: str) -> Line:
        """The line of that name; refuses a name that is not kept."""
        for line in self.lines:
            if line.key == key:
                return line
        raise NoSuchLine(f"{self.book}: {self.key}: {key}")


@cache
def sections() -> Mapping[tuple[str, str], Section]:
    """Every section, by book and key, read once."""
    return {(s.book, s.key): s for book in BOOKS for s in _read(book)}


def section(book: str, key: str) -> Section:
    """One section; refuses a name that is not kept."""
    found = sections().get((book, key))
    if found is None:
        raise NoSuchLine(f"{book}: {key}")
    return found


def line(book: str, section_key: str, key: str) -> Line:
    return section(book, section_key).line(key)


def kin(medication: str) -> frozenset[str]:
    """The medication, what it is a form of, and the forms it has."""
    forms = (form for form, parent in PARENTS.items() if parent == medication)
    parent = PARENTS.get(medication, medication)
    return frozenset((medication, parent, *forms))


def _read(book: str) -> Iterator[Section]:
    text = (HERE / f"{book}.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text, parse_float=Decimal)
    for part in raw["sections"]:
        about = part.get("medications", raw["medications"])
        lines = tuple(_lines(part["lines"], about, raw["checked"]))
        yield Section(book, part["key"], part["title"], raw["part"], lines)


def _lines(
    rows: Iterable[Mapping[str, Any]], about: Iterable[str], checked: date
) -> Iterator[Line]:
    for row in rows:
        numbers = {k: v for k, v in row.items() if k not in ABOUT_THE_LINE}
        yield Line(
            key=row["key"],
            text=row["text"].format_map(numbers),
            numbers=numbers,
            medications=_about(row, about),
            tag=row["tag"],
            cites=tuple(row["cites"]),
            checked=row.get("checked", checked),
        )


def _about(row: Mapping[str, Any], section_is_about: Iterable[str]) -> tuple[str, ...]:
    """What a line is about: its own medication, both ends of a change, its section."""
    if "for" in row:
        return (row["for"],)
    if "from" in row:
        return (*row["from"], *row["to"])
    return tuple(section_is_about)
