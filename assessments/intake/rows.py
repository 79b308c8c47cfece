"""An answer of several rows: substances, episodes of treatment, tests. No Django."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from assessments.intake.declaration import IntakeQuestion
from assessments.intake.parsing import NotAnAnswer
from assessments.intake.submission import Reply, Submission

type Reader = Callable[[IntakeQuestion, Submission, datetime], Reply | None]


class RowsRefused(NotAnAnswer):
    """Some cells cannot be kept: each says why; the others, in `reply`, can."""

    def __init__(self, faults: Mapping[tuple[str, str], str], reply: Reply) -> None:
        count = len(faults)
        one = "One field is" if count == 1 else f"{count} fields are"
        super().__init__(f"{one} not saved; the rest is.")
        self.faults = faults
        self.reply = reply


MOST_ROWS = 20
KIND, ROW = "kind", "row"


def read_rows(
    question: IntakeQuestion, sent: Submission, at: datetime, read: Reader
) -> Reply:
    """Every row with what can be kept of it; refuses with what cannot, cell by cell."""
    faults: dict[tuple[str, str], str] = {}
    rows = [
        kept
        for name, cells in list(sent.rows.items())[:MOST_ROWS]
        if (kept := _row(question, name, cells, (at, read, faults)))
    ]
    reply = Reply(rows, source=sent.source)
    if faults:
        raise RowsRefused(faults, reply)
    return reply


def _row(
    question: IntakeQuestion,
    name: str,
    cells: Mapping[str, tuple[str, ...]],
    way: tuple[datetime, Reader, dict[tuple[str, str], str]],
) -> dict[str, object] | None:
    """One row with what can be kept of it; None where nothing was said."""
    at, read, faults = way
    kind = (cells.get(KIND) or ("",))[-1]
    said: dict[str, object] = {}
    for column in question.columns_of(kind):
        try:
            reply = read(column, Submission(values=cells.get(column.key, ())), at)
        except NotAnAnswer as refusal:
            faults[name, column.key] = str(refusal)
        else:
            if reply is not None and reply.is_known:
                said[column.key] = reply.value
    if kind not in question.kinds:
        if said or kind:
            faults[name, KIND] = "Choose what this row is about."
        return None
    is_own = name != kind
    return {ROW: name, KIND: kind, **said} if said or is_own else None


def with_what_stood(refusal: RowsRefused, stood: object) -> Reply:
    """What can be kept; where a field was refused, what stood there before."""
    by_name = {row[ROW]: row for row in stood} if isinstance(stood, list) else {}
    rows = refusal.reply.value if isinstance(refusal.reply.value, list) else []
    for row in rows:
        old = by_name.get(row[ROW], {})
        refused = {column for name, column in refusal.faults if name == row[ROW]}
        row.update({c: old[c] for c in sorted(refused) if c in old})
    return replace(refusal.reply, value=rows)
