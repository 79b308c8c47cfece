"""Short lines of rules, for pages where options stand side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from knowledge.tables import read_file, shaped

FILE = Path(__file__).with_name("short_lines.toml")
# Where a rule has no short line, as many words of its own stand for it.
MOST_WORDS, MOST_OF_CAUTION = 12, 16
ENDS = (". ", "; ", ": ")
# What is said against an option is cut between its sentences alone.
SENTENCES = (". ", "; ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortLine:
    """What a rule says for an option, and what it asks to be done."""

    plus: str = ""
    act: str = ""
    plus_of: Mapping[str, str] = field(default_factory=dict)


NONE = ShortLine()


@cache
def short_lines() -> Mapping[str, ShortLine]:
    """By rule."""
    return shaped(dict[str, ShortLine], read_file(FILE), "short_lines")


def plus_line(rule: str, medication: str, because: str) -> str:
    """What speaks for an option, in one line."""
    line = short_lines().get(rule, NONE)
    words = line.plus_of.get(medication) or line.plus
    return words.format(because=because) if words else shortened(because)


def minus_line(because: str) -> str:
    """What is said against an option, in one line."""
    return shortened(because, MOST_OF_CAUTION, SENTENCES)


def act_line(rule: str, text: str) -> str:
    """What a rule asks to be done, in one line."""
    return short_lines().get(rule, NONE).act or shortened(text)


def shortened(
    text: str, most: int = MOST_WORDS, between: tuple[str, ...] = ENDS
) -> str:
    """The beginning of a text, ended where a sentence or clause of it ends.

    What was left out is told by an ellipsis, so that nobody takes it for the whole.
    """
    words = text.split()
    if len(words) <= most:
        return text
    room = " ".join(words[:most])
    ends = [at for mark in between if (at := room.rfind(mark)) > 0]
    return f"{room[: max(ends)] if ends else room}…"
