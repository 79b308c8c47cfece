"""What a clinic may choose otherwise than it ships. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from medications.knowledge import Knowledge
from medications.library import names_read

type Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Permitted:
    """Between two ends, or one of a few."""

    low: Number | None = None
    high: Number | None = None
    one_of: tuple[Number, ...] = ()
    because: str = ""

    def allows(self, number: Number) -> bool:
        if self.one_of:
            return number in self.one_of
        return (self.low is None or self.low <= number) and (
            self.high is None or number <= self.high
        )

    @property
    def words(self) -> str:
        if self.one_of:
            return "one of " + ", ".join(str(n) for n in self.one_of)
        if self.low is None:
            return f"{self.high} or less"
        return (
            f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"
        )


def read_permitted(parameter: Mapping[str, Any]) -> Permitted | None:
    """What may be chosen for a number; None where it is not a clinic's to choose."""
    raw = parameter.get("permitted")
    if raw is None:
        return None
    because = parameter.get("permitted_because", "")
    if isinstance(raw, list):
        return Permitted(one_of=tuple(raw), because=because)
    return Permitted(raw.get("low"), raw.get("high"), because=because)


def own_numbers(rule: str, known: Knowledge) -> dict[str, Permitted]:
    """The numbers a rule reads for which a clinic may have its own."""
    found = {
        name: read_permitted(known.parameters[name]) for name in names_read(rule, known)
    }
    return {name: permitted for name, permitted in found.items() if permitted}
