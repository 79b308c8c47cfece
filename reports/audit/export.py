"""The trail as a file: what is asked for, its reason kept in the trail itself."""

from datetime import datetime

from accounts import audit
from accounts.access import Acting
from accounts.models import Staff
from accounts.sentences import KIND_WORDS
from accounts.sheets import sheet
from reports.audit.trail import (
    AuditQuery,
    Line,
    in_words,
    matching,
    of_clinic,
    people_meant,
    staff_of,
)

# More do not open in a spreadsheet with ease: fewer days are asked for then.
MOST = 20_000
COLUMNS = ("When", "Who", "What", "Kind", "MRN", "Why", "From")


def audit_file(
    acting: Acting, asked: AuditQuery, *, why: str, by: Staff, at: datetime
) -> str:
    """The acts that are asked for, newest first; the export is an act too."""
    people = people_meant(acting, asked.person) if asked.person else None
    every = of_clinic(acting.clinic, staff_of(acting.clinic))
    events = matching(every, asked, people, at=at).order_by("-at", "-id")
    lines = in_words(acting, list(events[:MOST]))
    audit.record(
        "audit.exported",
        acting.clinic,
        by=by,
        at=at,
        clinic=acting.clinic,
        why=why,
        lines=len(lines),
    )
    return sheet(COLUMNS, map(_row, lines))


def _row(line: Line) -> tuple[object, ...]:
    return (
        line.event.at.isoformat(timespec="seconds"),
        line.event.actor,
        line.phrase,
        KIND_WORDS[line.kind],
        line.person.mrn if line.person else "",
        line.why,
        line.event.address,
    )
