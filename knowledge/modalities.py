"""Kinds of care a plan can hold, each with what points to it in a person's facts."""

from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.conditions import Declared
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One constellation of facts that points to a kind of care, for one need."""

    need: str
    all: tuple[Declared, ...]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Modality(Cited):
    """One kind of care, as the reference describes it."""

    key: str
    kind: str
    title: str
    domain: str
    dose: str
    who: str
    evidence: str
    limits: str
    rule: str
    stop: str
    trigger: tuple[Trigger, ...]
    always: bool = False
    fallback: str = ""
    ask_first: tuple[str, ...] = ()
    withheld_if: tuple[Declared, ...] = ()
    withheld_because: str = ""


@cache
def library() -> tuple[Modality, ...]:
    """Every declared kind of care, in the order of the file."""
    table = shipped()["modalities"]
    raw = [{"checked": table["checked"], **one} for one in table["modality"]]
    return shaped(tuple[Modality, ...], raw, "modalities")
