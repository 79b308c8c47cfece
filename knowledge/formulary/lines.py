"""The lines of the formulary, as its files hold them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from knowledge.cited import Cited
from knowledge.medicines import medicines
from knowledge.numbers import Amount
from knowledge.schedule.injections import injection_rule
from knowledge.tables import Table, shaped, shipped

FORMULARY = "formulary"
# In the order in which a reader meets them; a book of a new product comes after.
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

type Said = Amount | bool | date | str | tuple[Amount, ...] | tuple[str, ...]


class NoSuchLine(LookupError):
    """The formulary keeps no line of that name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FormularyLine(Cited):
    """One statement, its own numbers, and how far it was checked."""

    key: str
    text: str
    numbers: Mapping[str, Said]
    medications: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        return self.numbers[name]

    def get(self, name: str, default: object = None) -> Any:
        return self.numbers.get(name, default)

    def amount(self, name: str) -> Decimal:
        return Decimal(self[name])

    def days(self, name: str) -> int:
        return int(self[name])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FormularySection:
    """Lines that belong together, of one book and its part of the reference."""

    book: str
    key: str
    title: str
    part: str
    lines: tuple[FormularyLine, ...]

    def line(self, key: str) -> FormularyLine:
        """The line of that name; refuses a name that is not kept."""
        for line in self.lines:
            if line.key == key:
                return line
        raise NoSuchLine(f"{self.book}: {self.key}: {key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    key: str
    title: str
    lines: tuple[Mapping[str, Any], ...]
    medications: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    title: str
    part: str
    checked: date
    medications: tuple[str, ...]
    sections: tuple[_Part, ...]


# What is said about a line; everything else that stands in it is its own.
BESIDE = {"for", "window"}
ABOUT_THE_LINE = {field.name for field in fields(FormularyLine)} | BESIDE


@cache
def sections() -> Mapping[tuple[str, str], FormularySection]:
    """Every section, by book and key, read once."""
    books = shipped()[FORMULARY]
    order = dict.fromkeys((*BOOKS, *books))
    read = (section for name in order for section in _read(name, books[name]))
    return {(section.book, section.key): section for section in read}


def section(book: str, key: str) -> FormularySection:
    """One section; refuses a name that is not kept."""
    found = sections().get((book, key))
    if found is None:
        raise NoSuchLine(f"{book}: {key}")
    return found


def line(book: str, section_key: str, key: str) -> FormularyLine:
    return section(book, section_key).line(key)


def asked_above(medication: str) -> Decimal | None:
    """The amount above which one dose of a medicine is asked about; None where the
    formulary states none."""
    medicine = medicines()[medication]
    if not medicine.most:
        return asked_above(medicine.parent) if medicine.parent else None
    book, part, key, number = medicine.most
    return line(book, part, key).amount(number)


def sections_for(medication: str) -> tuple[FormularySection, ...]:
    """What is kept of one medication, its forms and its kind, ready to be printed."""
    about = medicines().kin(medication)
    return tuple(
        FormularySection(
            book=s.book, key=s.key, title=s.title, part=s.part, lines=lines
        )
        for s in sections().values()
        if (lines := tuple(x for x in s.lines if about & set(x.medications)))
    )


def _read(name: str, table: Table) -> Iterable[FormularySection]:
    book = shaped(_Book, table, f"{FORMULARY}/{name}")
    for part in book.sections:
        is_about = book.medications if part.medications is None else part.medications
        where = f"{FORMULARY}/{name}: {part.key}"
        raw = [_raw(row, is_about, book.checked) for row in part.lines]
        yield FormularySection(
            book=name,
            key=part.key,
            title=part.title,
            part=book.part,
            lines=shaped(tuple[FormularyLine, ...], raw, where),
        )


def _raw(row: Table, is_about: tuple[str, ...], checked: date) -> dict[str, object]:
    """A line with its numbers in its words, apart from what is said about it."""
    own = {k: v for k, v in row.items() if k not in ABOUT_THE_LINE}
    window = injection_rule(*row["window"]).numbers if "window" in row else {}
    numbers = {**window, **own}
    told = {k: v for k, v in row.items() if k in ABOUT_THE_LINE - BESIDE}
    return {
        "checked": checked,
        **told,
        "text": row["text"].format_map(numbers),
        "numbers": numbers,
        "medications": _about(row, is_about),
    }


def _about(row: Table, section_is_about: Iterable[str]) -> tuple[str, ...]:
    """What a line is about: its own medication, both ends of a change, its section."""
    if "for" in row:
        return (row["for"],)
    if "from" in row:
        return (*row["from"], *row["to"])
    return tuple(section_is_about)
