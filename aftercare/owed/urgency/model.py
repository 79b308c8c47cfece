"""Values of urgency: what is owed to one person now, and one factor of danger. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from knowledge.schedule.kinds import FollowUpKind, follow_up_kind, follow_up_kinds
from knowledge.schedule.urgency import DangerFactor, order_of_danger

SEVERITIES = ("danger", "federal", "soon", "routine")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedNow:
    """One open follow-up: what it is, and its allowed days."""

    kind: str
    title: str
    earliest: date
    due: date
    latest: date
    severity: str = "routine"
    role: str = ""
    number: int = 0

    @property
    def declared(self) -> FollowUpKind:
        return follow_up_kind(self.kind)

    @property
    def gravity(self) -> tuple[int, int, date, date, int]:
        """Where it stands among all that is owed: the graver first, then the sooner."""
        kinds = [*follow_up_kinds()]
        place = kinds.index(self.kind) if self.kind in kinds else len(kinds)
        severity = SEVERITIES.index(self.severity)
        return severity, place, self.latest, self.due, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyFactor:
    """One reason to look at somebody first.

    It holds from `begins` to `ends`; `since` is how long it has waited, `until` the day
    by which something has to happen. `what` and `count` go into its words.
    """

    key: str
    case: str
    begins: date
    since: date
    until: date
    ends: date | None = None
    what: str = ""
    count: int = 0

    @property
    def declared(self) -> DangerFactor:
        return order_of_danger().named(self.key)

    @property
    def rank(self) -> int:
        return order_of_danger().rank(self.key)

    @property
    def level(self) -> int:
        return self.declared.level(self.case)

    @property
    def place(self) -> tuple[int, int, date, date]:
        """Where it stands among the factors: the graver first, then least time left,
        then longest waiting."""
        return self.rank, self.level, self.until, self.since

    def holds(self, today: date) -> bool:
        return self.begins <= today and (self.ends is None or today <= self.ends)

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it, without anybody's name."""
        days = {
            name: value.isoformat()
            for name in ("begins", "since", "until", "ends")
            if (value := getattr(self, name)) is not None
        }
        said = {"what": self.what, "count": self.count}
        return {"key": self.key, "case": self.case, **days, **said}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        days = {
            name: date.fromisoformat(kept[name])
            for name in ("begins", "since", "until", "ends")
            if name in kept
        }
        return cls(**{**kept, **days})


def factors_on(
    kept: Iterable[Mapping[str, Any]], today: date
) -> tuple[UrgencyFactor, ...]:
    """Those of a line that hold on a day, the gravest first."""
    every = (UrgencyFactor.from_json(one) for one in kept)
    held = (one for one in every if one.holds(today))
    return tuple(sorted(held, key=lambda one: one.place))
