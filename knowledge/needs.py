"""Needs that a plan has to answer, with the cases in which they show, and their goals."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import Field

from knowledge.cited import Cited
from knowledge.conditions import Declared
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way in which a need shows, with its title."""

    all: tuple[Declared, ...]
    title: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NeedRule(Cited):
    """A need, its cases, and the goal it is drafted with."""

    key: str
    domain: str
    topics: tuple[str, ...]
    # The part of the reference with its tag.
    tag: Annotated[str, Field(alias="cite")]
    goal: str
    measure: str
    baseline: str
    baseline_fact: str
    target: str
    due_days: int
    case: tuple[Case, ...]
    always: str = ""
    always_source: str = ""
    private: bool = False
    not_for: tuple[Declared, ...] = ()


@cache
def need_rules() -> tuple[NeedRule, ...]:
    """Every declared need, in the order of the file."""
    table = shipped()["needs"]
    raw = [{"checked": table["checked"], **one} for one in table["need"]]
    return shaped(tuple[NeedRule, ...], raw, "needs")
