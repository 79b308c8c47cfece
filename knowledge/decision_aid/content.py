"""The decision aid in two languages: columns, rows, numbers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

from knowledge.cited import Cited
from knowledge.medicines import medicines
from knowledge.tables import Table, shaped, shipped

AID = "decision_aid"
LANGUAGES = ("en", "es")
WORDED = (*LANGUAGES, *(f"note_{language}" for language in LANGUAGES))

type Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AidCell(Cited):
    """What is said of one option in one row, and what it rests on."""

    en: str
    es: str
    basis: str

    @property
    def words(self) -> Words:
        return {"en": self.en, "es": self.es}


@dataclass(frozen=True, slots=True)
class AidFigure:
    """One number for one option; `off` where it is about being without it."""

    n: int
    exact: str
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures(Cited):
    """The numbers of one row: the same question, the same number of people."""

    of: int
    part: str
    said: Words
    by_column: Mapping[str, tuple[AidFigure, ...]]

    def words(self, figure: AidFigure, language: str) -> tuple[str, str]:
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AidRow:
    """One question with an answer for each option; on some of them a clinic is
    expected to write its own."""

    key: str
    block: str
    label: Words
    note: Words
    fits: tuple[str, ...] = ()
    when: str = ""
    first: bool = False
    clinic: bool = False
    reviewed: date
    cells: Mapping[str, AidCell]
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class AidColumn:
    """One option, and the medications of which it speaks."""

    key: str
    title: Words
    how: Words
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Aid:
    """The whole aid; the digest is another for any other word in it."""

    columns: tuple[AidColumn, ...]
    rows: tuple[AidRow, ...]
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
    table = shipped()[AID]
    return build(*(table[name] for name in ("words", "rows", "figures")))


def build(words: Table, rows: Table, figures: Table) -> Aid:
    """An aid from plain tables, with the digest over all of their content."""
    whole = _with_medicines(words)
    text = json.dumps([whole, rows, figures], sort_keys=True, default=str)
    named = {key: _figures(raw) for key, raw in figures.items()}
    columns = {key: {"key": key, **raw} for key, raw in whole["columns"].items()}
    listed = [_row(key, raw, named.get(key)) for key, raw in rows["rows"].items()]
    return Aid(
        columns=tuple(shaped(dict[str, AidColumn], columns, AID).values()),
        rows=shaped(tuple[AidRow, ...], listed, f"{AID}/rows"),
        words=whole,
        reviewed=words["reviewed"],
        digest=sha256(text.encode()).hexdigest(),
    )


def _with_medicines(words: Table) -> Table:
    """The words with a column and a choice for each medicine that has them."""
    columns = {
        one.key: {
            "title": one.plain,
            "how": one.how,
            "ways": medicines().ways(one.key),
        }
        for one in medicines().columns
        if one.plain
    }
    picks = {one.key: one.pick or one.plain for one in medicines().asked}
    return {
        **words,
        "columns": {**columns, **words["columns"]},
        "choices": {**picks, **words["choices"]},
    }


def _row(key: str, raw: Table, figures: Figures | None) -> dict[str, object]:
    """A row with its cells apart from what is said about the row."""
    cells = {
        column: {"checked": raw["reviewed"], **cell}
        for column, cell in raw.items()
        if isinstance(cell, Mapping)
    }
    said = {k: v for k, v in raw.items() if k not in cells and k not in WORDED}
    label = {language: raw[language] for language in LANGUAGES}
    note = {language: raw.get(f"note_{language}", "") for language in LANGUAGES}
    words = {"label": label, "note": note}
    return {"key": key, **said, **words, "cells": cells, "figures": figures}


def _figures(raw: Table) -> Figures:
    """Sentences are texts, numbers of a column a list; the rest is about all."""
    about = {name: raw[name] for name in ("of", "source", "part", "tag")}
    said = {k: v for k, v in raw.items() if isinstance(v, str) and k not in about}
    numbers = {k: v for k, v in raw.items() if isinstance(v, list)}
    return shaped(Figures, {**about, "said": said, "by_column": numbers}, AID)


def _grouped(number: int) -> str:
    return f"{number:,}"


def texts(the_aid: Aid) -> Iterator[tuple[str, Words]]:
    """Every text that a clinic may write otherwise, by its key.

    What stands beside a number from a trial stays as the trial says it.
    """
    for key, words in the_aid.words["clinic"].items():
        yield f"clinic.{key}", words
    for row in (row for row in the_aid.rows if row.figures is None):
        for column, cell in row.cells.items():
            yield f"{row.key}.{column}", cell.words
