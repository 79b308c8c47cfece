"""Treatment on one day: what is taken, what starts later, what has ended, the last dose
taken. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Order(NamedTuple):
    """One medicine as ordered; `stopped_on` is the first day without it."""

    medication: str
    product: str
    dose_mg: Decimal | None
    schedule: str
    started_on: date
    stopped_on: date | None
    is_overlap: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether it is taken on a day."""
        return self.started_on <= day and not self.has_ended(day)

    def has_ended(self, day: date) -> bool:
        """Whether it was stopped, on a day or before it."""
        return self.stopped_on is not None and self.stopped_on <= day

    @property
    def is_void(self) -> bool:
        """Whether it was given up by its first day: nothing of it was taken."""
        return self.stopped_on == self.started_on

    def starts_after(self, day: date) -> bool:
        """Whether it is ordered for later, and not given up before its first day."""
        ends = self.stopped_on
        return self.started_on > day and (ends is None or ends > self.started_on)

    def ended_by(self, day: date) -> "Order":
        """The same order, had nothing been taken from a day on."""
        ends = day if self.stopped_on is None else min(self.stopped_on, day)
        return self._replace(stopped_on=max(ends, self.started_on))

    def day_number(self, day: date) -> int:
        """The day of treatment, the first day counted as 1."""
        return (day - self.started_on).days + 1


@dataclass(frozen=True, slots=True)
class TreatmentNow:
    """What is taken on a day, what starts later and what ended last."""

    on: date
    # The medicine the treatment rests on first, then what overlaps with it.
    taken: tuple[Order, ...] = ()
    ahead: tuple[Order, ...] = ()
    ended: Order | None = None

    @property
    def main(self) -> Order | None:
        """The medicine that the calendar follows; None where none is taken."""
        return self.taken[0] if self.taken else None


def treatment_on(day: date, orders: Iterable[Order]) -> TreatmentNow:
    """Every order by where it stands on a day."""
    every = list(orders)
    taken = sorted((o for o in every if o.holds_on(day)), key=_main_first)
    ahead = sorted((o for o in every if o.starts_after(day)), key=_main_first)
    ended = [o for o in every if o.has_ended(day) and not o.is_void]
    last = max(ended, key=lambda o: (o.stopped_on or day, o.started_on), default=None)
    return TreatmentNow(day, tuple(taken), tuple(ahead), last)


def _main_first(order: Order) -> tuple[bool, date]:
    return order.is_overlap, order.started_on
