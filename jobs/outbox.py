"""Messages that the workers will send from one clinic: what, to whom, when; never what
stands in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Value

from jobs.queues import QUEUES, Batch, Delivery, Foreseen, Outbox

# Messages that a page shows; there may be thousands after an outage.
MOST = 200
COLUMNS = ("record", "name", "detail", "at_once", "about")


@dataclass(frozen=True, slots=True)
class OwedMessage:
    """One message that is owed. `record` or `name` is empty where it goes to the other, both
    where it goes to the admins; `detail` is for who reads charts."""

    words: str
    record: str
    name: str
    detail: str
    about: int
    at: datetime
    rests: bool


@dataclass(frozen=True, slots=True)
class OutgoingPage:
    """Those that wait, the first to leave first, and those of the next days."""

    owed: list[OwedMessage]
    count: int
    foreseen: list[Foreseen]

    @property
    def by_day(self) -> dict[date, list[Foreseen]]:
        days: dict[date, list[Foreseen]] = {}
        for one in self.foreseen:
            days.setdefault(one.on, []).append(one)
        return days


def outgoing(
    clinic_id: int, *, on: date, at: datetime, resting: Iterable[str]
) -> OutgoingPage:
    """Everything that is owed in one statement, with what says its hour."""
    batch, rest = Batch(clinic_id, on, at, size=0), set(resting)
    boxes = _boxes()
    rows = _rows(batch, {step: box for step, (_, box) in boxes.items()})
    hours = {step: boxes[step][1].leaves_at(batch) for step in {row[0] for row in rows}}
    owed = []
    for step, record, name, detail, at_once, about in rows:
        queue, box = boxes[step]
        owed.append(
            OwedMessage(
                words=box.words,
                record=record,
                name=name,
                detail=box.details.get(detail, ""),
                about=about,
                at=at if at_once else hours[step],
                rests=queue in rest,
            )
        )
    owed.sort(key=lambda one: (one.at, one.name, one.record))
    coming = [queue.foreseen for queue in QUEUES.values() if queue.foreseen]
    foreseen = [one for ask in coming for one in ask(batch)]
    return OutgoingPage(owed[:MOST], len(owed), foreseen[:MOST])


def _boxes() -> dict[str, tuple[str, Outbox]]:
    """By the name of the step: its queue and what it sends."""
    return {
        step.name: (queue.name, step.outbox)
        for queue in QUEUES.values()
        for step in queue.steps
        if isinstance(step, Delivery) and step.outbox is not None
    }


def _rows(batch: Batch, boxes: dict[str, Outbox]) -> list[tuple[Any, ...]]:
    arms: list[QuerySet[Any, Any]] = [
        box.rows(batch)
        .filter(clinic=batch.clinic_id)
        .order_by()
        .annotate(step=Value(name))
        .values_list("step", *COLUMNS)
        for name, box in boxes.items()
    ]
    return list(arms[0].union(*arms[1:], all=True).order_by())
