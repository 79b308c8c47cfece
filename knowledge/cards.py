"""The card of a rule: what it says in words, its effects and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from knowledge.cited import Cited
from knowledge.holds import NOTHING


class RuleRole(StrEnum):
    """What a rule is to the place of an option, beside its effects.

    START is silent for what the person takes now. MANNER is a caution about how to
    begin and sets no standing; UNCOUNTED sets one but no place. COMPARED puts methadone
    behind buprenorphine. CONTINUE and WISH go before other reasons. UNLESS_STOPPED is
    void where something is contraindicated. LATER_DOSE: what comes before a dose is not
    about the first one.
    """

    START = "start"
    MANNER = "manner"
    UNCOUNTED = "uncounted"
    COMPARED = "compared"
    CONTINUE = "continue"
    WISH = "wish"
    UNLESS_STOPPED = "unless_stopped"
    LATER_DOSE = "later_dose"


@dataclass(frozen=True, slots=True)
class View:
    """What one source says where sources disagree."""

    who: str
    says: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardChange:
    """What a version of a rule brought, and when."""

    version: int
    on: date
    what: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Card(Cited):
    """One rule of the reference; in an edition its words hold the numbers of the day.

    An edition holds one card a rule, so cards are told apart by identity.
    """

    id: str
    section: str
    version: int
    when: str
    then: str
    lifts: str = ""
    effects: str
    may: str = ""
    evidence: str
    evidence_says: str = ""
    tag: Annotated[str, Field(alias="verified")]
    # What an answer that nobody has makes wait: one letter a family (holds.toml).
    holds: str = NOTHING
    roles: tuple[RuleRole, ...] = ()
    says: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    # None in an edition from before cards named the numbers that they read.
    numbers: tuple[str, ...] | None = None
    may_raise: str = ""
    always_on: str = ""
    disagrees: tuple[View, ...] = ()
    history: tuple[CardChange, ...] = ()

    @property
    def verified(self) -> str:
        return self.tag

    @property
    def may_switch_off(self) -> bool:
        """Whether a clinic may do without; `always_on` says why not."""
        return not self.always_on

    def filled(self, numbers: Mapping[str, int | Decimal]) -> Self:
        """The card with numbers in its words."""
        return replace(
            self,
            when=self.when.format_map(numbers),
            then=self.then.format_map(numbers),
            lifts=self.lifts.format_map(numbers),
        )
