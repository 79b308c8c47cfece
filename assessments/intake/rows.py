"""An answer of several rows: substances, episodes of treatment, tests. No Django."""

from collections.abc import Callable, Mapping
from datetime import datetime

from assessments.intake.declaration import Question
from assessments.intake.sent import Reply, Sent
from assessments.intake.typed import NotAnAnswer

type Reader = Callable[[Question, Sent, datetime], Reply | None]


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


def read_rows(question: Question, sent: Sent, at: datetime, read: Reader) -> Reply:
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
    question: Question,
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
            reply = read(column, Sent(values=cells.get(column.key, ())), at)
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
