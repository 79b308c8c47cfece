"""Parts of the reference that a medical director signs before they are used."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SignedPart(Cited):
    """One part, what it decides, and the pages of rules or subjects that say it."""

    part: str
    what: str
    rules: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    # The number by which a clinic may choose otherwise.
    number: str = ""
    # Whether this edition says it, or only the reference does.
    is_held: bool = True


@cache
def signed_before_use() -> tuple[SignedPart, ...]:
    table = shipped()["before_use"]
    raw = [{**table["about"], **one} for one in table["part"]]
    return shaped(tuple[SignedPart, ...], raw, "before_use")


@cache
def of_rules() -> Mapping[str, SignedPart]:
    """By rule; no rule stands in two parts."""
    return {rule: part for part in signed_before_use() for rule in part.rules}


@cache
def of_subject(subject: str) -> tuple[SignedPart, ...]:
    return tuple(part for part in signed_before_use() if subject in part.subjects)
