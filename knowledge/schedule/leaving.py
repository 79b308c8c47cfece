"""Leaving care: contacts afterwards, and what is no reason to leave."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.tables import shaped, shipped

WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AfterLeaving(Cited):
    """Days after the last one on which somebody who left is called; then again and again
    until they decline."""

    days: tuple[int, ...]
    then_every: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoReason(Cited):
    """Words for a return to use, and words that say nothing beside them."""

    phrases: tuple[str, ...]
    fillers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeavingRules:
    """What holds for somebody who leaves."""

    contacts: AfterLeaving
    no_reason: NoReason
    numbers: Mapping[str, Number]


@cache
def leaving_rules() -> LeavingRules:
    return shaped(LeavingRules, shipped()["schedule"]["leaving"], "schedule/leaving")


def is_return_to_use_alone(reason: str) -> bool:
    """Whether a reason says that somebody used again, and nothing else."""
    told = leaving_rules().no_reason
    of_use = re.compile(rf"\b(?:{'|'.join(told.phrases)})\b", re.IGNORECASE)
    if not of_use.search(reason):
        return False
    rest = WORD.findall(of_use.sub(" ", reason).casefold())
    return not set(rest) - set(told.fillers)
