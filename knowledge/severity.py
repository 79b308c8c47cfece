"""Severity of a reason to look closer: what can kill before what is serious."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped


class Severity(IntEnum):
    """Gravest first."""

    CAN_KILL = 1
    SERIOUS = 2
    WATCH = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graded(Cited):
    """Rules of one severity."""

    severity: Severity
    rules: tuple[str, ...]


@cache
def grades() -> tuple[Graded, ...]:
    table = shipped()["severity"]
    raw = [
        {**table["about"], **table[one.name.lower()], "severity": one}
        for one in (Severity.CAN_KILL, Severity.SERIOUS)
    ]
    return shaped(tuple[Graded, ...], raw, "severity")


@cache
def _by_rule() -> Mapping[str, Severity]:
    return {rule: one.severity for one in grades() for rule in one.rules}


def severity_of(rule: str) -> Severity:
    return _by_rule().get(rule, Severity.WATCH)
