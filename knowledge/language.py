"""Person-first language: finds words to avoid and offers others. Changes nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped

QUOTED = r"\"[^\"]*\"|“[^”]*”|«[^»]*»"


@dataclass(frozen=True, slots=True)
class Wording:
    """A word that was found, where, and what to say instead."""

    found: str
    at: int
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidedWord:
    """A pattern to avoid between word boundaries, and what to say instead."""

    avoid: str
    use: str
    unless_before: str = ""
    exact: bool = False

    def pattern(self) -> re.Pattern[str]:
        after = rf"(?!{self.unless_before})" if self.unless_before else ""
        flags = re.NOFLAG if self.exact else re.IGNORECASE
        return re.compile(rf"\b(?:{self.avoid})\b{after}", flags)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language(Cited):
    """The list of reference part K, and proper names in which such words may stand."""

    names: tuple[str, ...]
    word: tuple[AvoidedWord, ...]


@cache
def language() -> Language:
    return shaped(Language, shipped()["language"], "language")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((word.pattern(), word.use) for word in language().word)


@cache
def _skipped() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in language().names)
    return re.compile(f"{QUOTED}|{names}", re.IGNORECASE)


def wordings(text: str) -> tuple[Wording, ...]:
    """Words to avoid, in the order of the text; the longest where several overlap."""
    bare = _skipped().sub(lambda found: " " * len(found.group()), text)
    everything = sorted(_all(bare), key=lambda one: (one.at, -len(one.found)))
    kept: list[Wording] = []
    for wording in everything:
        if not kept or wording.at >= kept[-1].at + len(kept[-1].found):
            kept.append(wording)
    return tuple(kept)


def _all(text: str) -> Iterator[Wording]:
    for pattern, use in _patterns():
        for found in pattern.finditer(text):
            yield Wording(found.group(), found.start(), use)
