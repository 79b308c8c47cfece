"""Provenance of an answer: how many rules spoke, and how far each was checked.

No Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.cited import Check
from medications.options.model import Action, Basis, Finding, Options


@dataclass(frozen=True, slots=True)
class Tag:
    """How a verification is drawn and said."""

    word: str
    css: str
    icon: str
    meaning: str


TAGS: Mapping[str, Tag] = {
    Check.CHECKED: Tag(
        "Checked", "is-checked", "check", "Every part was seen in its source."
    ),
    Check.SECOND_HAND: Tag(
        "Second-hand",
        "is-second",
        "check",
        "Every part was seen, some only in another person's reading of the source.",
    ),
    Check.PARTLY: Tag(
        "Partly checked",
        "is-second",
        "check",
        "Some parts were seen in their source; the rest is from memory.",
    ),
    Check.UNVERIFIED: Tag(
        "Unverified",
        "is-unverified",
        "unknown",
        "From memory: the source has not been checked yet.",
    ),
    Check.POLICY: Tag(
        "Clinic policy", "is-policy", "pen", "Set by the clinic, not by a source."
    ),
}


@dataclass(frozen=True, slots=True)
class Tally:
    check: str
    tag: Tag
    count: int


def fired(options: Options) -> Mapping[str, Basis]:
    """Every rule that spoke, by its id."""
    lines: list[Finding | Action] = [*options.general]
    for option in options.options:
        lines.extend((*option.findings, *option.actions))
    return {line.rule: line.basis for line in lines}


def tallies(options: Options) -> tuple[Tally, ...]:
    """How many of the rules that spoke carry each verification."""
    checks = [basis.check for basis in fired(options).values()]
    return tuple(
        Tally(check, tag, checks.count(check))
        for check, tag in TAGS.items()
        if check in checks
    )
