"""Person-first language: finds words to avoid and offers others. Changes nothing."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "language.toml"
QUOTED = r"\"[^\"]*\"|“[^”]*”|«[^»]*»"


@dataclass(frozen=True, slots=True)
class Wording:
    """A word that was found, where, and what to say instead."""

    found: str
    at: int
    use: str


@cache
def _declared() -> Mapping[str, Any]:
    text = files("plans.drafting").joinpath(FILE).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(word), word["use"]) for word in _declared()["word"])


def _pattern(word: Mapping[str, Any]) -> re.Pattern[str]:
    after = rf"(?!{word['unless_before']})" if "unless_before" in word else ""
    flags = re.NOFLAG if word.get("exact") else re.IGNORECASE
    return re.compile(rf"\b(?:{word['avoid']})\b{after}", flags)


@cache
def _skipped() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in _declared()["names"])
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
