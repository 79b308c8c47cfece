"""Records into their tables: COPY into a passing table, then what is not there yet."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import connection, models

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
LONGEST_KEY = 80


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

    def ids(self, who: int) -> tuple[int, int, int | None]:
        return self._ids[who]


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Add the rows whose keys are not there yet; returns how many were added."""
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608 - names of models
        )
        cursor.copy_expert("COPY incoming FROM STDIN WITH (FORMAT csv)", _as_csv(rows))
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming ON CONFLICT DO NOTHING"  # noqa: S608 - names of models
        )
        added: int = cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return added


def _as_csv(rows: Iterable[Sequence[Cell]]) -> io.StringIO:
    """CSV in which an empty field is NULL and a quoted one is text."""
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_NOTNULL).writerows(rows)
    stream.seek(0)
    return stream


def _key(text: str) -> str:
    """A key that fits its column; one that is too long keeps what tells it apart."""
    if len(text) <= LONGEST_KEY:
        return text
    mark = sha256(text.encode()).hexdigest()[:16]
    return f"{text[: LONGEST_KEY - 17]}:{mark}"


def _observation(one: Observed, people: People, at: datetime) -> Sequence[Cell]:
    patient, clinic, _ = people.ids(one.who)
    return (
        clinic,
        patient,
        one.code[:40],
        one.value,
        one.text[:120],
        one.unit,
        "",
        one.at,
        SOURCE,
        at,
        "",
        _key(one.key),
    )


def _answer(one: CohortAnswer, people: People, _at: datetime) -> Sequence[Cell]:
    patient, clinic, intake = people.ids(one.who)
    return (
        clinic,
        patient,
        intake,
        one.question,
        one.json,
        one.is_known,
        "record",
        1,
        one.at,
    )


def _dose(one: Dose, people: People, at: datetime) -> Sequence[Cell]:
    patient, clinic, _ = people.ids(one.who)
    return (
        clinic,
        patient,
        one.medication,
        one.kind,
        one.on,
        one.amount,
        one.note,
        at,
        _key(one.key),
    )


def _tested(one: CohortTest, people: People, at: datetime) -> Sequence[Cell]:
    patient, clinic, _ = people.ids(one.who)
    return (
        clinic,
        patient,
        one.at,
        one.analyte,
        one.result,
        "screen",
        at,
        _key(one.key),
    )


def _visited(one: Visited, people: People, at: datetime) -> Sequence[Cell]:
    patient, clinic, _ = people.ids(one.who)
    reasons = "[" + ", ".join(f'"{reason}"' for reason in one.reasons) + "]"
    return (clinic, patient, one.on, one.kind, one.status, reasons, at, _key(one.key))


type AsRow = Callable[..., Sequence[Cell]]
TABLES: Mapping[type[Record], tuple[type[models.Model], str, AsRow]] = {
    Observed: (
        Observation,
        "clinic_id patient_id code value text unit entered effective_at source"
        " recorded_at error_reason source_key",
        _observation,
    ),
    CohortAnswer: (
        IntakeAnswer,
        "clinic_id patient_id intake_id question value is_known source revision"
        " answered_at",
        _answer,
    ),
    Dose: (
        DoseEvent,
        "clinic_id patient_id medication kind on amount_mg note recorded_at source_key",
        _dose,
    ),
    CohortTest: (
        ToxicologyResult,
        "clinic_id patient_id collected_at analyte result method recorded_at source_key",
        _tested,
    ),
    Visited: (
        Visit,
        "clinic_id patient_id on kind status reasons recorded_at source_key",
        _visited,
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
        model, columns, as_row = TABLES[kind]
        added += copy_in(
            model, columns.split(), (as_row(one, people, at) for one in found)
        )
    return added
