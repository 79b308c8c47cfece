"""Every number that the rules read: as it ships, and as a clinic has it. No Django."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.editions import Knowledge
from knowledge.numbers import Number, Permitted
from knowledge.policy import Policy
from knowledge.sources import Reference
from medications.knowledge_pages.search import names_read


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number, who reads it, and what a clinic has made of it."""

    name: str
    ships: Number
    source: Reference
    own: str
    rules: tuple[str, ...]

    @property
    def permitted(self) -> Permitted | None:
        return self.ships.permitted

    @property
    def text(self) -> str:
        """What a search looks in."""
        parts = (self.name, self.ships.meaning, self.ships.unit, *self.rules)
        return " ".join(parts).lower()


def numbers(known: Knowledge, policy: Policy, *, on: date) -> tuple[NumberRow, ...]:
    """All of them, in the order in which they are kept."""
    own = {name: str(number) for name, number in policy.numbers.items()}
    return number_rows(known.parameters, known, own, on=on)


def number_rows(
    names: Iterable[str], known: Knowledge, own: Mapping[str, str], *, on: date
) -> tuple[NumberRow, ...]:
    """Some of them; `own` are those of the clinic, by name."""
    rules = read_by(known)
    ships = {name: known.parameters[name].on(on) for name in names}
    return tuple(
        NumberRow(
            name,
            number,
            known.sources[number.cites[0]],
            own.get(name, ""),
            rules.get(name, ()),
        )
        for name, number in ships.items()
    )


def own_numbers(rule: str, known: Knowledge) -> dict[str, Permitted]:
    """The numbers a rule reads for which a clinic may have its own."""
    choices = {n: known.parameters[n].choice for n in names_read(rule, known)}
    return {name: choice for name, choice in choices.items() if choice}


def read_by(known: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """The rules that read each number."""
    rules: dict[str, list[str]] = defaultdict(list)
    for rule in known.rules:
        for name in names_read(rule, known):
            rules[name].append(rule)
    return {name: tuple(found) for name, found in rules.items()}
