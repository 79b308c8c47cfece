"""Every number that the rules read: as it ships, and as a clinic has it. No Django."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from medications.knowledge import Knowledge
from medications.knowledge.policy import Policy
from medications.library import Number, names_read, number_of
from medications.permitted import Permitted, read_permitted


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number, who reads it, and what a clinic may make of it."""

    name: str
    ships: Number
    own: str
    permitted: Permitted | None
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        """What a search looks in."""
        parts = (self.name, self.ships.meaning, self.ships.unit, *self.rules)
        return " ".join(parts).lower()


def numbers(known: Knowledge, policy: Policy, *, on: date) -> tuple[NumberRow, ...]:
    """All of them, in the order in which they are kept."""
    own = {name: str(number) for name, number in policy.numbers.items()}
    rules = read_by(known)
    return tuple(
        NumberRow(
            name,
            number_of(name, known, on=on),
            own.get(name, ""),
            read_permitted(parameter),
            rules.get(name, ()),
        )
        for name, parameter in known.parameters.items()
    )


def read_by(known: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """The rules that read each number."""
    rules: dict[str, list[str]] = defaultdict(list)
    for rule in known.rules:
        for name in names_read(rule, known):
            rules[name].append(rule)
    return {name: tuple(found) for name, found in rules.items()}
