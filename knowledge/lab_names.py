"""Words that stand beside a test in its name: specimen, method, drugs looked for."""

from dataclasses import dataclass
from functools import cache

from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True)
class LabNames:
    """`blood` is meant where nothing is said, `other` makes it another test."""

    blood: frozenset[str]
    other: frozenset[str]
    method: frozenset[str]
    drugs: frozenset[str]


@cache
def lab_names() -> LabNames:
    return shaped(LabNames, shipped()["lab_names"], "lab_names")
