"""The card of a rule: what it says in words, its effects and where it comes from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from medications.knowledge.months import months_later

TAG = re.compile(r"\[([^\]]*)\]")
# When a rule is looked at again: what was seen in its source holds for a year; what
# is from memory or a clinic's own policy is looked at twice as often.
MONTHS_SEEN, MONTHS_NOT_SEEN = 12, 6


class Check(StrEnum):
    """How far a rule has been checked against its sources."""

    CHECKED = "checked"
    SECOND_HAND = "second-hand"
    PARTLY = "partly checked"
    UNVERIFIED = "unverified"
    POLICY = "clinic policy"


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    title: str
    date: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What one source says where sources disagree."""

    who: str
    says: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of a rule brought, and when."""

    version: int
    on: date
    what: str


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One rule of the reference, its words filled with the numbers of the day.

    An edition holds one card a rule, so cards are told apart by identity.
    """

    id: str
    section: str
    version: int
    when: str
    then: str
    lifts: str
    effects: str
    may: str
    evidence: str
    evidence_says: str
    source: str
    cites: tuple[str, ...]
    verified: str
    checked: date
    standard_start: bool
    does_not_hold: str
    reassures: bool
    unless_contraindicated: bool
    does_not_wait: str
    says: tuple[str, ...]
    uses: tuple[str, ...]
    may_raise: str
    always_on: str
    disagrees: tuple[View, ...]
    history: tuple[Change, ...]
    developer: str
    funding: str

    @property
    def check(self) -> Check:
        """How far this rule was checked, by its tags."""
        return check_of(self.verified)

    @property
    def next_check(self) -> date:
        """The day by which this rule is looked at again."""
        return next_check(self.verified, self.checked)

    @property
    def may_switch_off(self) -> bool:
        """Whether a clinic may do without; `always_on` says why not."""
        return not self.always_on


def check_of(tags: str) -> Check:
    """Checked only where every part was seen in the source itself; second-hand
    where for one of them somebody else's reading was all there was."""
    parts = [p.strip() for t in TAG.findall(tags) for p in t.split(";")]
    seen = [p.startswith("V") for p in parts]
    if all(seen):
        by_others = any(p.startswith("V*") for p in parts)
        return Check.SECOND_HAND if by_others else Check.CHECKED
    if all(p.startswith("P") for p in parts):
        return Check.POLICY
    return Check.PARTLY if any(seen) else Check.UNVERIFIED


def next_check(tags: str, checked: date) -> date:
    """The day by which what carries these tags is looked at again."""
    seen = check_of(tags) in (Check.CHECKED, Check.SECOND_HAND)
    return months_later(checked, MONTHS_SEEN if seen else MONTHS_NOT_SEEN)


def read_source(key: str, raw: Mapping[str, Any]) -> Source:
    return Source(key, raw["title"], raw["date"], raw.get("number"))


def read_card(
    key: str,
    raw: Mapping[str, Any],
    numbers: Mapping[str, int | Decimal],
    about: Mapping[str, Any],
) -> Card:
    """A card whose words hold the numbers in force."""
    return Card(
        id=key,
        section=raw["section"],
        version=raw["version"],
        when=raw["when"].format_map(numbers),
        then=raw["then"].format_map(numbers),
        lifts=raw.get("lifts", "").format_map(numbers),
        effects=raw["effects"],
        may=raw.get("may", ""),
        evidence=raw["evidence"],
        evidence_says=raw.get("evidence_says", ""),
        source=raw["source"],
        cites=tuple(raw["cites"]),
        verified=raw["verified"],
        checked=raw["checked"],
        standard_start=raw.get("standard_start", False),
        does_not_hold=raw.get("does_not_hold", ""),
        reassures=raw.get("reassures", False),
        unless_contraindicated=raw.get("unless_contraindicated", False),
        does_not_wait=raw.get("does_not_wait", ""),
        says=tuple(raw.get("says", ())),
        uses=tuple(raw.get("uses", ())),
        may_raise=raw.get("may_raise", ""),
        always_on=raw.get("always_on", ""),
        disagrees=_views(raw.get("disagrees", ())),
        history=tuple(Change(**change) for change in raw.get("history", ())),
        developer=about.get("developer", ""),
        funding=about.get("funding", ""),
    )


def _views(raw: Iterable[Mapping[str, Any]]) -> tuple[View, ...]:
    return tuple(View(v["who"], v["says"], tuple(v["cites"])) for v in raw)
