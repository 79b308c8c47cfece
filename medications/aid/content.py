"""What the person reads, in two languages: columns, rows, numbers. No Django."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("en", "es")

type Table = Mapping[str, Any]
type Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of one option in one row, and what it rests on."""

    words: Words
    basis: str
    tag: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number for one option; `off` where it is about being without it."""

    n: int
    exact: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one row: the same question, the same number of people."""

    of: int
    source: str
    part: str
    tag: str
    said: Table
    by_column: Mapping[str, tuple[Figure, ...]]

    def words(self, figure: Figure, language: str) -> tuple[str, str]:
        """What the number says, and the same the other way round."""
        which = f"off_{language}" if figure.off else language
        numbers = {
            "n": figure.n,
            "rest": _grouped(self.of - figure.n),
            "of": _grouped(self.of),
        }
        said, other = self.said[which], self.said[f"other_{language}"]
        return said.format(**numbers), other.format(**numbers)

    @property
    def is_second_hand(self) -> bool:
        return "*" in self.tag


@dataclass(frozen=True, slots=True)
class Row:
    """One question with an answer for each option."""

    key: str
    block: str
    label: Words
    note: Words
    fits: tuple[str, ...]
    when: str
    reviewed: date
    cells: Mapping[str, Cell]
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Column:
    """One option, and the medications of which it speaks."""

    key: str
    title: Words
    how: Words
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Aid:
    """The whole aid; the digest is another for any other word in it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    words: Table
    reviewed: date
    digest: str

    def say(self, part: str, key: str, language: str) -> str:
        """One of the words around the rows."""
        text: str = self.words[part][key][language]
        return text

    def named(self, part: str, language: str) -> dict[str, str]:
        """All words of one part, in their order."""
        return {key: text[language] for key, text in self.words[part].items()}


@cache
def aid() -> Aid:
    """The aid that ships with this version, read once."""
    return build(*(_read(name) for name in ("words", "rows", "figures")))


def build(words: Table, rows: Table, figures: Table) -> Aid:
    """An aid from plain tables, with the digest over all of their content."""
    text = json.dumps([words, rows, figures], sort_keys=True, default=str)
    numbers = {key: _figures(raw) for key, raw in figures.items()}
    return Aid(
        columns=tuple(_column(key, raw) for key, raw in words["columns"].items()),
        rows=tuple(
            _row(key, raw, numbers.get(key)) for key, raw in rows["rows"].items()
        ),
        words=words,
        reviewed=words["reviewed"],
        digest=sha256(text.encode()).hexdigest(),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _column(key: str, raw: Table) -> Column:
    how = {language: raw[f"how_{language}"] for language in LANGUAGES}
    return Column(key, _words(raw), how, tuple(raw["ways"]))


def _row(key: str, raw: Table, figures: Figures | None) -> Row:
    return Row(
        key=key,
        block=raw["block"],
        label=_words(raw),
        note={language: raw.get(f"note_{language}", "") for language in LANGUAGES},
        fits=tuple(raw.get("fits", ())),
        when=raw.get("when", ""),
        reviewed=raw["reviewed"],
        cells={
            column: Cell(_words(cell), cell["basis"], cell["tag"])
            for column, cell in raw.items()
            if isinstance(cell, Mapping)
        },
        figures=figures,
    )


def _figures(raw: Table) -> Figures:
    return Figures(
        of=raw["of"],
        source=raw["source"],
        part=raw["part"],
        tag=raw["tag"],
        said={key: text for key, text in raw.items() if isinstance(text, str)},
        by_column={
            column: tuple(Figure(**one) for one in many)
            for column, many in raw.items()
            if isinstance(many, list)
        },
    )


def _words(raw: Table) -> Words:
    return {language: raw[language] for language in LANGUAGES}


def _grouped(number: int) -> str:
    return f"{number:,}"


def texts(the_aid: Aid) -> Iterator[tuple[str, Words]]:
    """Every text that a clinic may write otherwise, by its key.

    What stands beside a number from a trial stays as the trial says it.
    """
    for key, words in the_aid.words["clinic"].items():
        yield f"clinic.{key}", _words(words)
    for row in (row for row in the_aid.rows if row.figures is None):
        for column, cell in row.cells.items():
            yield f"{row.key}.{column}", cell.words
