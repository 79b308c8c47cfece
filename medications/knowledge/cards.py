"""The card of a rule: what it says in words, its effects and where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

TAG = re.compile(r"\[([^\]]*)\]")


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
    source: str
    cites: tuple[str, ...]
    verified: str
    checked: date
    standard_start: bool
    does_not_hold: str
    reassures: bool
    unless_contraindicated: bool

    @property
    def check(self) -> Check:
        """Checked only where every part was seen in the source itself; second-hand
        where for one of them somebody else's reading was all there was."""
        parts = [p.strip() for t in TAG.findall(self.verified) for p in t.split(";")]
        seen = [p.startswith("V") for p in parts]
        if all(seen):
            by_others = any(p.startswith("V*") for p in parts)
            return Check.SECOND_HAND if by_others else Check.CHECKED
        if all(p.startswith("P") for p in parts):
            return Check.POLICY
        return Check.PARTLY if any(seen) else Check.UNVERIFIED


def read_source(key: str, raw: Mapping[str, Any]) -> Source:
    return Source(key, raw["title"], raw["date"], raw.get("number"))


def read_card(
    key: str, raw: Mapping[str, Any], numbers: Mapping[str, int | Decimal]
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
        source=raw["source"],
        cites=tuple(raw["cites"]),
        verified=raw["verified"],
        checked=raw["checked"],
        standard_start=raw.get("standard_start", False),
        does_not_hold=raw.get("does_not_hold", ""),
        reassures=raw.get("reassures", False),
        unless_contraindicated=raw.get("unless_contraindicated", False),
    )
