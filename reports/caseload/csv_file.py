"""The caseload as a file: PostgreSQL writes it, a pipe carries it, nothing piles up."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, connections

from accounts import audit, tenancy
from accounts.access import Acting
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.sheets import FORMULA
from accounts.tenancy import clinic_day
from knowledge.consents.content import notices
from medications.models.medicines import medicine_choices
from patients.models import Patient
from reports.caseload.order_sql import URGENCY
from reports.caseload.row_sql import ROW_PARTS
from reports.caseload.rows import danger_told
from reports.caseload.turns import take_turn
from treatment.current_sql import MAIN_SINCE, of_taken

LONGEST_COPY = "10min"
CHUNK = 1 << 16


def text(expression: str) -> str:
    """A column of text that no spreadsheet takes for a formula."""
    signs = "".join(f"\\u{ord(sign):04x}" for sign in FORMULA)
    return (
        f"CASE WHEN {expression} ~ '^[{signs}]' THEN '''' || {expression}"
        f" ELSE {expression} END"
    )


def labels(expression: str, words: dict[str, str]) -> str:
    """A stored code in words."""
    cases = " ".join(f"WHEN '{code}' THEN '{label}'" for code, label in words.items())
    return f"CASE {expression} {cases} ELSE {expression} END"


STAGES = {str(code): str(label) for code, label in Patient.Status.choices}
MEDICINES = dict(medicine_choices())

# Each column of the file with where it comes from.
COLUMNS = {
    "MRN": text("p.mrn"),
    "Name": text(
        "trim(coalesce(nullif(p.used_name, ''), p.given_name) || ' ' || p.family_name)"
    ),
    "Status": labels("p.status", STAGES),
    "Admitted": "p.admitted_on",
    "Urgency": f"CASE ({URGENCY}) WHEN 0 THEN 'cannot wait' WHEN 1 THEN 'no next step'"
    " WHEN 2 THEN 'today' WHEN 3 THEN 'this week' ELSE 'later' END",
    "Next": text("f.title"),
    "Why": text("f.reason"),
    "First day": "f.earliest_on",
    "Due": "f.due_on",
    "Last day": "f.latest_on",
    "Overdue": "CASE WHEN f.latest_on < %(today)s THEN 'yes'"
    " WHEN f.id IS NOT NULL THEN 'no' END",
    "Who": text("coalesce(w.name, replace(f.assigned_role, '_', ' '))"),
    # Several at once stand side by side: what the treatment rests on comes first.
    "Medicine": of_taken(
        text(
            "coalesce(nullif(o.value ->> 1, ''),"
            f" {labels('(o.value ->> 0)', MEDICINES)})"
        ),
        " + ",
    ),
    "Dose in mg": of_taken("trim_scale((o.value ->> 2)::numeric)::text", " + "),
    "Since": MAIN_SINCE,
    "Last contact": 'c."on"',
    "Contact": text("replace(c.what, '_', ' ')"),
    "Last score": "CASE s.instrument WHEN 'bam' THEN 'BAM risk'"
    " WHEN 'phq9' THEN 'PHQ-9' END",
    "Score": "trim_scale(s.score)",
    "Scored on": "(s.given_at AT TIME ZONE %(zone)s)::date",
}
# What says neither who somebody is nor what is done for them.
ADMINISTRATIVE = (
    *("MRN", "Admitted", "First day", "Due", "Last day", "Overdue", "Who"),
    "Last contact",
)
# Everybody in care, by name, as the caseload's own statement sees them.
CASELOAD = f"""
FROM patients_patient p
LEFT JOIN aftercare_caseloadline l
  ON l.clinic_id = %(clinic)s AND l.patient_id = p.id
LEFT JOIN aftercare_followup f ON f.id = l.top_follow_up_id
LEFT JOIN accounts_staff w ON w.id = f.assigned_to_id
{ROW_PARTS}
WHERE p.clinic_id = %(clinic)s AND p.status NOT IN ('discharged', 'deceased')
"""
BY_NAME, BY_NUMBER = "ORDER BY p.sort_name, p.id", "ORDER BY p.mrn, p.id"


def statement_of(*, reads_charts: bool) -> str:
    """With the columns that somebody may take along; without names no order tells them."""
    chosen = COLUMNS if reads_charts else ADMINISTRATIVE
    columns = ", ".join(f'{COLUMNS[name]} AS "{name}"' for name in chosen)
    order = BY_NAME if reads_charts else BY_NUMBER
    return f"SELECT {columns} {CASELOAD} {order}"


def note_export(
    *, clinic: Clinic, purpose: str, why: str, by: Staff, at: datetime
) -> None:
    """Write down who takes the file and why; committed before its first line is sent."""
    audit.record(
        "caseload.exported",
        clinic,
        by=by,
        at=at,
        clinic=clinic,
        why=why,
        purpose=purpose,
    )


def filename(on: date) -> str:
    """Says what and when, and nothing of anybody."""
    return f"caseload-{on.isoformat()}.csv"


def caseload(acting: Acting, *, at: datetime) -> Iterator[bytes]:
    """The whole caseload of this clinic as CSV, piece by piece; begun, or refused."""
    told = {
        **danger_told(acting.clinic, on=clinic_day(acting.clinic, at)),
        "zone": acting.clinic.time_zone,
    }
    return copied(
        statement_of(reads_charts=acting.may(Permission.PATIENT_VIEW)),
        told,
        clinic_id=acting.clinic.pk,
        actor=f"staff:{acting.staff.pk}",
        taker=acting.staff.pk,
    )


def along() -> Iterator[bytes]:
    """The statement that goes with the file, in a line below it."""
    yield f'"{notices()["short"].text}"\n'.encode()


def copied(
    sql: str, told: dict[str, object], *, clinic_id: int, actor: str, taker: int = 0
) -> Iterator[bytes]:
    """What PostgreSQL's COPY writes, as it writes it.

    COPY pushes and a response pulls: a pipe between two threads turns one into the
    other, and its reader's pace holds PostgreSQL back. Who goes away early breaks
    the pipe, and COPY with it.
    """
    reading, writing = os.pipe()
    copy = Copy(sql, told, clinic_id, actor, taker)
    work = threading.Thread(target=copy.write_into, args=(writing,), daemon=True)
    work.start()
    copy.begun.wait()
    if copy.failed:
        os.close(reading)
        raise copy.failed[0]
    pieces = _pieces(reading, work, copy.failed)
    # From here on it is ended, too, by who never reads it.
    next(pieces)
    return pieces


def _pieces(
    reading: int, work: threading.Thread, failed: list[Exception]
) -> Iterator[bytes]:
    try:
        yield b""
        while piece := os.read(reading, CHUNK):
            yield piece
    finally:
        os.close(reading)
        work.join()
    if failed:
        raise failed[0]


@dataclass(frozen=True)
class Copy:
    """One file on its way, on a connection of its thread, which sees this clinic and no
    other."""

    sql: str
    told: dict[str, object]
    clinic_id: int
    actor: str
    taker: int
    begun: threading.Event = field(default_factory=threading.Event)
    failed: list[Exception] = field(default_factory=list)

    def write_into(self, writing: int) -> None:
        try:
            with (
                os.fdopen(writing, "wb", buffering=0) as pipe,
                tenancy.clinics([self.clinic_id], actor=self.actor),
                connection.cursor() as cursor,
            ):
                if self.taker:
                    take_turn(cursor, self.taker, self.clinic_id)
                self.begun.set()
                # Whoever reads it slowly holds it back; a page has less time.
                cursor.execute("SET LOCAL statement_timeout = %s", [LONGEST_COPY])
                # COPY takes no parameters: the driver writes them into the text.
                plain = cursor.cursor.mogrify(self.sql, self.told).decode()
                copy = f"COPY ({plain}) TO STDOUT WITH (FORMAT csv, HEADER)"
                with connection.wrap_database_errors, _given_up():
                    cursor.cursor.copy_expert(copy, pipe, size=CHUNK)
        except Exception as reason:  # noqa: BLE001 - raised again where it is read
            self.failed.append(reason)
        finally:
            self.begun.set()
            connections.close_all()


@contextmanager
def _given_up() -> Iterator[None]:
    """Tell PostgreSQL when nobody reads any more: it would write to the end."""
    try:
        yield
    except BrokenPipeError:
        connection.connection.cancel()
        raise
