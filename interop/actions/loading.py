"""Records into their tables, a page of rows a statement: what is not there yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import batched
from operator import attrgetter

from django.db import connection, models
from psycopg2.extras import execute_values

from assessments.models import IntakeAnswer, Observation
from interop.cohort.records import (
    Cell,
    CohortAnswer,
    CohortTest,
    Dose,
    Observed,
    Record,
    Visited,
)
from interop.cohort.source import NotHeld, SourceRow
from patients.models import Visit
from treatment.models import DoseEvent, ToxicologyResult

SOURCE = "CTN-0094 public data"
PAGE = 1000


class People:
    """Ids of the people of the cohort: patient, clinic and open intake by number."""

    def __init__(self, rows: Iterable[tuple[int, int, int, int | None]]) -> None:
        self._ids = {
            who: (patient, clinic, intake) for who, patient, clinic, intake in rows
        }

    def __contains__(self, who: int) -> bool:
        return who in self._ids

    def check(self, row: SourceRow) -> None:
        """Refuse a row of somebody who was not imported."""
        if row.who() not in self:
            raise NotHeld("the person is not among everybody, or has no site")

    def takes_answers(self, who: int) -> bool:
        """Whether an intake of this person is open."""
        return self._ids[who][2] is not None

    def __len__(self) -> int:
        return len(self._ids)

    def patient(self, who: int) -> int:
        return self._ids[who][0]

    def ids(self, who: int) -> tuple[int, int, int | None]:
        return self._ids[who]


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Add the rows whose keys are not there yet; returns how many were added."""
    names = ", ".join(f'"{column}"' for column in columns)
    adding = (
        f"INSERT INTO {model._meta.db_table} ({names}) VALUES %s ON CONFLICT DO NOTHING"  # noqa: S608 - names of models
    )
    added = 0
    with connection.cursor() as cursor:
        # The application's role makes no tables, not temporary ones either.
        for page in batched(rows, PAGE):
            execute_values(cursor, adding, page, page_size=PAGE)
            added += cursor.rowcount
    return added


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Where records of one kind go: which column which attribute fills, and what every
    row has."""

    model: type[models.Model]
    filled: Mapping[str, str]
    always: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def shared(self) -> list[str]:
        """The columns that are told by whose row it is, and when it was imported."""
        names = {one.attname for one in self.model._meta.concrete_fields}
        return [name for name in SHARED if name in names]

    @property
    def columns(self) -> list[str]:
        return [*self.shared, *self.always, *self.filled]

    def rows(
        self, records: Iterable[Record], people: People, at: datetime
    ) -> Iterator[list[Cell]]:
        """The cells of each record, in the order of the columns."""
        told_by = [SHARED.index(name) for name in self.shared]
        columns = [self.model._meta.get_field(name) for name in self.filled]
        longest = [getattr(column, "max_length", None) for column in columns]
        own = attrgetter(*self.filled.values())
        for record in records:
            told = (*people.ids(record.who), at)
            cells = map(_fitting, own(record), self.filled, longest)
            yield [*(told[n] for n in told_by), *self.always.values(), *cells]


def _fitting(cell: Cell, column: str, longest: int | None) -> Cell:
    """A cell that its column can hold; a key that is too long keeps what tells it apart."""
    if longest is None or not isinstance(cell, str) or len(cell) <= longest:
        return cell
    if column not in KEYED:
        return cell[:longest]
    mark = sha256(cell.encode()).hexdigest()[:16]
    return f"{cell[: longest - 17]}:{mark}"


SHARED = ("patient_id", "clinic_id", "intake_id", "recorded_at")
KEYED = {"source_key": "key"}
TABLES: Mapping[type[Record], RecordTable] = {
    Observed: RecordTable(
        Observation,
        {"code": "code", "value": "value", "text": "text", "unit": "unit"}
        | {"effective_at": "at"}
        | KEYED,
        {"entered": "", "comparator": "", "flag": ""}
        | {"source": SOURCE, "error_reason": ""},
    ),
    CohortAnswer: RecordTable(
        IntakeAnswer,
        {"question": "question", "value": "json", "is_known": "is_known"}
        | {"answered_at": "at"},
        {"source": "record", "revision": 1},
    ),
    Dose: RecordTable(
        DoseEvent,
        {"medication": "medication", "kind": "kind", "on": "on", "note": "note"}
        | {"amount_mg": "amount"}
        | KEYED,
    ),
    CohortTest: RecordTable(
        ToxicologyResult,
        {"collected_at": "at", "analyte": "analyte", "result": "result"} | KEYED,
        {"method": "screen"},
    ),
    Visited: RecordTable(
        Visit,
        {"on": "on", "kind": "kind", "status": "status", "reasons": "json"} | KEYED,
    ),
}


def load(records: Iterable[Record], people: People, *, at: datetime) -> int:
    """Add these records, each to its table; returns how many were not there yet."""
    sorted_out: dict[type[Record], list[Record]] = {}
    for record in records:
        if isinstance(record, CohortAnswer) and not people.takes_answers(record.who):
            continue
        sorted_out.setdefault(type(record), []).append(record)
    added = 0
    for kind, found in sorted_out.items():
        table = TABLES[kind]
        rows = table.rows(found, people, at)
        added += copy_in(table.model, table.columns, rows)
    return added
