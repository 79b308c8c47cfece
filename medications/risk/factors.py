"""Overdose risk and what cannot wait, factor by factor. No score, no Django.

The factors are the rules of section C7 and the windows of J7, put to the picture
anew each time it is looked at.
"""

from dataclasses import dataclass
from datetime import date, datetime

from assessments.facts import FACTS
from assessments.picture import Picture
from knowledge import editions as store
from knowledge.editions import Edition, Knowledge
from medications.risk.windows import OpenWindow, open_windows
from medications.rules import outcomes
from medications.rules.overdose import FLAGS
from medications.rules.reading import FactReader
from medications.rules.registry import RuleOutcome

# The facts that each rule of section C7 rests on, for the day beside it.
RESTS_ON = {
    "C108": ("overdose_hx",),
    "C109": ("tolerance", "last_short_acting_dt"),
    "C110": ("sedatives", "alcohol", "stimulants"),
    "C111": ("mental",),
    "C112": ("medical", "infection"),
    "C113": ("route",),
    "C114": ("mtd_day",),
    "C115": ("moud_stop",),
    "C116": ("alone",),
    "C117": ("supply",),
}
# What asks for an act at this visit: sedated at dosing, alcohol withdrawal,
# pregnancy, leaving soon.
URGENT = ("C54", "C55", "C67", "C91")
KIT_RULE, KIT_FACT, KIT = "C96", "ora", "has_kit"


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that raises the risk or cannot wait: why, what then, by which rule."""

    because: str
    then: str
    rule: str = ""
    verified: str = ""
    source: str = ""
    on: date | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        return (self.rule,) if self.rule else ()


@dataclass(frozen=True, slots=True)
class Risk:
    """The factors that hold, the facts nobody knows yet, and what cannot wait."""

    factors: tuple[Factor, ...]
    unknown: tuple[str, ...]
    urgent: tuple[Factor, ...]
    is_high: bool
    high_from: int
    as_of: datetime

    @property
    def unknown_labels(self) -> list[tuple[str, str]]:
        return [(name, FACTS[name].label) for name in self.unknown]


def risk_of(
    picture: Picture,
    *,
    last_naltrexone_on: date | None = None,
    knowledge: Knowledge | None = None,
) -> Risk:
    """Every factor for one picture, by the knowledge in force on its day."""
    edition = (knowledge or store.knowledge()).on(picture.today)
    said = {outcome.rule: outcome for outcome in outcomes(FactReader(picture), edition)}
    flags = [_factor(said[rule], edition, picture) for rule in FLAGS]
    held = tuple(factor for factor in flags if factor)
    windows = open_windows(picture, last_naltrexone_on=last_naltrexone_on)
    most = edition.days("attention_flags")
    return Risk(
        factors=(*held, *map(_of_window, windows)),
        unknown=_unknown(said, picture),
        urgent=_urgent(said, edition, picture),
        is_high=len(held) >= most,
        high_from=most,
        as_of=picture.as_of,
    )


def _factor(outcome: RuleOutcome, edition: Edition, picture: Picture) -> Factor | None:
    if outcome.said is None:
        return None
    card = edition.cards[outcome.rule]
    return Factor(
        because=outcome.said.because,
        then=outcome.said.then or card.then,
        rule=card.id,
        verified=card.verified,
        source=card.source,
        on=_day(outcome.rule, picture),
    )


def _day(rule: str, picture: Picture) -> date | None:
    """The day of the newest fact that a rule rests on."""
    known = [picture.known(name) for name in RESTS_ON.get(rule, ())]
    return max((picture.day_of(k.as_of) for k in known if k), default=None)


def _of_window(window: OpenWindow) -> Factor:
    return Factor(
        because=window.because,
        then=window.then,
        verified=window.tag,
        source=window.source,
        on=window.on,
    )


def _unknown(said: dict[str, RuleOutcome], picture: Picture) -> tuple[str, ...]:
    """Facts on which a factor hangs that nobody knows, each once."""
    names = (
        name
        for rule in FLAGS
        if said[rule].said is None
        for name in said[rule].missing
        if picture.known(name) is None
    )
    return tuple(dict.fromkeys(names))


def _urgent(
    said: dict[str, RuleOutcome], edition: Edition, picture: Picture
) -> tuple[Factor, ...]:
    found = [_factor(said[rule], edition, picture) for rule in URGENT]
    kit = picture.value(KIT_FACT)
    if isinstance(kit, frozenset) and KIT not in kit:
        card = edition.cards[KIT_RULE]
        found.append(
            Factor(
                "Nothing at hand to reverse an overdose.",
                card.then,
                card.id,
                card.verified,
                card.source,
                _day_of(KIT_FACT, picture),
            )
        )
    return tuple(factor for factor in found if factor)


def _day_of(name: str, picture: Picture) -> date | None:
    known = picture.known(name)
    return picture.day_of(known.as_of) if known else None
