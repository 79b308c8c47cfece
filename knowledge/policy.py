"""Policy of one clinic: rules switched off, own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from knowledge.numbers import Amount

NOTHING: Mapping[str, str] = MappingProxyType({})
NO_NUMBERS: Mapping[str, Amount] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A clinic's own choices: `off` holds rule and reason, `numbers` its values."""

    off: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    numbers: Mapping[str, Amount] = field(default_factory=lambda: NO_NUMBERS)

    @property
    def _content(self) -> tuple[object, ...]:
        return (*sorted(self.off.items()), *sorted(self.numbers.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def is_empty(self) -> bool:
        return not self.off and not self.numbers

    def as_json(self) -> dict[str, object]:
        """A plain form that reads back to the same policy."""
        return {
            "off": dict(sorted(self.off.items())),
            "numbers": {name: str(n) for name, n in sorted(self.numbers.items())},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Mapping[str, str]]) -> "Policy":
        numbers = {name: _number(text) for name, text in raw["numbers"].items()}
        return cls(dict(raw["off"]), numbers)


def _number(text: str) -> Amount:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


AS_SHIPPED = Policy()
