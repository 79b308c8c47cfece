"""Windows of raised risk (reference J7) that no rule of section C7 holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskWindow(Cited):
    """Open from its first to its last day, or month, after something."""

    because: str
    then: str
    first_day: int
    last_day: int

    def holds(self, amount: int) -> bool:
        return self.first_day <= amount <= self.last_day


@cache
def risk_windows() -> Mapping[str, RiskWindow]:
    return shaped(dict[str, RiskWindow], shipped()["risk_windows"], "risk_windows")
