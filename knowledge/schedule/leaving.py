"""Leaving care: contacts afterwards, the gap without medicine, and what is no reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.schedule.standing import ContactsAfter
from knowledge.schedule.steps import ScheduleStep
from knowledge.tables import shaped, shipped

WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UseIsNoReason(Cited):
    """Words for a return to use, and words that say nothing beside them."""

    phrases: tuple[str, ...]
    fillers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeavingRules:
    """What holds for somebody who leaves."""

    contacts: ContactsAfter
    kit: ScheduleStep
    no_reason: UseIsNoReason
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


@dataclass(frozen=True, slots=True)
class MedicineGap:
    """How many days nothing covers; None where one of the two days is not known."""

    days: int | None

    @property
    def words(self) -> str:
        if self.days is None:
            return "Gap not known: one of the two days is missing"
        if not self.days:
            return "No gap"
        return f"{self.days} {'day' if self.days == 1 else 'days'} without medicine"


def gap_between(supply_until: date | None, next_dose_on: date | None) -> MedicineGap:
    """`supply_until` is the last day that is covered."""
    if supply_until is None or next_dose_on is None:
        return MedicineGap(None)
    return MedicineGap(max((next_dose_on - supply_until).days - 1, 0))
