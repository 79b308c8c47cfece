"""Differences of a rule's new version, word by word. No Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.cards import Card

PARTS: Mapping[str, str] = {
    "when": "When",
    "effects": "Then",
    "may": "May also say",
    "then": "Do",
    "lifts": "What lifts it",
    "source": "Source",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stay, or that go and what comes in their place."""

    stays: str = ""
    goes: str = ""
    comes: str = ""


@dataclass(frozen=True, slots=True)
class TextDifference:
    """One part of a rule that says something else."""

    part: str
    pieces: tuple[Piece, ...]


def differences(before: Card, after: Card) -> tuple[TextDifference, ...]:
    """Every part that reads otherwise; nothing where only the inside changed."""
    found = (
        (words, getattr(before, name), getattr(after, name))
        for name, words in PARTS.items()
    )
    return tuple(
        TextDifference(words, tuple(pieces(then, now)))
        for words, then, now in found
        if then != now
    )


def pieces(before: str, after: str) -> Iterator[Piece]:
    """The words of two texts, in their order."""
    then, now = before.split(), after.split()
    for kind, a, b, c, d in SequenceMatcher(a=then, b=now).get_opcodes():
        if kind == "equal":
            yield Piece(stays=" ".join(then[a:b]))
        else:
            yield Piece(goes=" ".join(then[a:b]), comes=" ".join(now[c:d]))
