"""Results that cannot wait, each with its bound and with who owes an answer to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from knowledge.cited import Cited
from knowledge.conditions import Declared
from knowledge.schedule.steps import Duty, OwnerRole
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UrgentResult(Cited):
    """One result that raises a concern; exactly one of the bounds or the word is set."""

    key: str
    codes: tuple[str, ...]
    at_least: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    times_upper: Decimal | None = None
    word: str = ""
    only: tuple[Declared, ...] = ()
    says: str
    because: str
    title: str
    role: OwnerRole
    level: str
    within: int = 0
    counts_days: int | None = None

    @property
    def duty(self) -> Duty:
        """What it asks of the clinic."""
        return Duty(
            kind=f"result_{self.key}",
            title=self.title,
            role=self.role,
            within=self.within,
            source=self.source,
            cites=self.cites,
            tag=self.tag,
            since=self.since,
            checked=self.checked,
        )


@cache
def urgent_results() -> Mapping[str, UrgentResult]:
    """In the order in which they are looked at."""
    raw = {key: {"key": key, **one} for key, one in shipped()["urgent_results"].items()}
    return shaped(dict[str, UrgentResult], raw, "urgent_results")
