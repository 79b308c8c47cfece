"""The five signs of an adequate dose, as far as they were asked. No Django."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from assessments.picture import Picture
from knowledge.editions import Edition
from medications.rules.continuing import FIVE, OWN_IN_URINE
from medications.rules.dependence import OPIOIDS_IN_URINE
from medications.rules.fact_lines import dated, value_words

# What is asked where nothing lately is on record: the fact whose question has the answer.
ASKED = {
    "withdrawal": "end_of_dose_withdrawal",
    "use": "udt",
    "effect when used": "effect_when_used",
    "craving": "bam8",
    "side effects": "side_effects",
}


@dataclass(frozen=True, slots=True)
class DoseSign:
    """One sign: what is known of it, and whether it is at goal; None where not asked."""

    name: str
    fact: str
    words: str
    is_at_goal: bool | None


def five_signs(picture: Picture, edition: Edition, family: str) -> tuple[DoseSign, ...]:
    """Each of the five in its fixed order."""
    return tuple(_signs(picture, edition, family))


def _signs(picture: Picture, edition: Edition, family: str) -> Iterator[DoseSign]:
    span = _span(picture, edition)
    for name, facts in FIVE.items():
        lately = [fact for fact in facts if _is_of(picture, fact, span)]
        goals = [GOALS[fact](picture.value(fact), edition, family) for fact in lately]
        words = "; ".join(_said(fact, picture) for fact in lately)
        asked = _asked(name, picture)
        yield DoseSign(name.capitalize(), asked, words, all(goals) if lately else None)


def _asked(name: str, picture: Picture) -> str:
    """Withdrawal before the next dose is asked of who takes a daily one."""
    if name == "withdrawal" and not picture.value("mtd_dose"):
        return "cows"
    return ASKED[name]


def _span(picture: Picture, edition: Edition) -> timedelta:
    """How long an answer counts: less in the first weeks."""
    day = picture.value("mtd_day")
    early = isinstance(day, int) and 0 < day <= edition.days("early_days")
    return timedelta(days=7 if early else edition.days("under_way_days"))


def _is_of(picture: Picture, fact: str, span: timedelta) -> bool:
    known = picture.known(fact)
    return known is not None and picture.as_of - known.as_of <= span


def _said(fact: str, picture: Picture) -> str:
    known = picture.known(fact)
    assert known is not None  # noqa: S101 - of what is known lately alone
    return f"{WORDS[fact]} {value_words(fact, known.value).lower()}, {dated(known, picture.as_of)}"


WORDS: Mapping[str, str] = {
    "end_of_dose_withdrawal": "Before the next dose:",
    "cows": "COWS",
    "udt": "Urine:",
    "opioid_days": "Opioid days in 30:",
    "effect_when_used": "Effect:",
    "bam8": "Craving:",
    "side_effects": "",
}


def _number(value: object) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def _urine(value: object, _edition: Edition, family: str) -> bool:
    found = value if isinstance(value, frozenset) else frozenset[str]()
    return not (found & OPIOIDS_IN_URINE) - OWN_IN_URINE.get(family, frozenset())


GOALS: Mapping[str, Callable[[object, Edition, str], bool]] = {
    "end_of_dose_withdrawal": lambda value, _edition, _family: value is False,
    "cows": lambda value, edition, _family: _number(value) < edition["withdrawal_cows"],
    "udt": _urine,
    "opioid_days": lambda value, _edition, _family: not _number(value),
    "effect_when_used": lambda value, _edition, _family: value in ("none", "not_used"),
    "bam8": lambda value, _edition, _family: not _number(value),
    "side_effects": lambda value, _edition, _family: not value,
}
