"""The rules as they stand on the shelf of one clinic: found, filtered, counted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from knowledge.before_use import of_rules
from knowledge.cards import Card
from knowledge.cited import Check
from medications.clinic_policy.policy import SignOff, sign_off_of
from medications.models import RuleSignOff

UNSEEN = (Check.UNVERIFIED, Check.PARTLY)
Stance = RuleSignOff.Stance


@dataclass(frozen=True, slots=True)
class RuleListRow:
    """One rule, and what was said of it here."""

    card: Card
    stance: RuleSignOff | None

    @property
    def sign_off(self) -> SignOff:
        return sign_off_of(self.card, self.stance)

    @property
    def is_due_before_use(self) -> bool:
        """Whether the reference asks for a signature first that nobody gave here."""
        return self.sign_off.is_due and self.card.id in of_rules()

    @property
    def is_off(self) -> bool:
        return self.stance is not None and self.stance.stance == Stance.OFF

    @property
    def has_own(self) -> bool:
        return self.stance is not None and self.stance.stance == Stance.OWN_NUMBER


@dataclass(frozen=True, slots=True)
class RuleChip:
    """A filter with how many rules it shows."""

    key: str
    words: str
    count: int
    is_on: bool


FILTERS: Mapping[str, tuple[str, Callable[[RuleListRow], bool]]] = {
    "due": ("Needs sign-off", lambda row: row.sign_off.is_due),
    "first": ("Sign before use", lambda row: row.is_due_before_use),
    "unverified": ("Unverified", lambda row: row.card.check in UNSEEN),
    "policy": ("Policy", lambda row: row.card.check is Check.POLICY),
    "off": ("Switched off here", lambda row: row.is_off),
    "own": ("Own number here", lambda row: row.has_own),
    "": ("All", lambda _: True),
}


def rows_of(
    cards: Iterable[Card], stances: Mapping[str, RuleSignOff]
) -> tuple[RuleListRow, ...]:
    return tuple(RuleListRow(card, stances.get(card.id)) for card in cards)


def filtered(rows: Iterable[RuleListRow], show: str) -> tuple[RuleListRow, ...]:
    """Those that a filter shows; a filter that is not known shows all."""
    _, holds = FILTERS.get(show, FILTERS[""])
    return tuple(row for row in rows if holds(row))


def chips(rows: tuple[RuleListRow, ...], show: str) -> list[RuleChip]:
    """Every filter, those about departures only where there are any."""
    on = show if show in FILTERS else ""
    counted = [
        RuleChip(key, words, sum(map(holds, rows)), key == on)
        for key, (words, holds) in FILTERS.items()
    ]
    return [chip for chip in counted if chip.count or chip.is_on or not chip.key]
