"""How hard a text is to read, and how much of it is somebody else's wording."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[A-Za-zÀ-ÿ']+")
SENTENCE_END = re.compile(r"[.!?;:\n]+")
VOWELS = re.compile(r"[aeiouyà-ÿ]+")
SHINGLE = 3


def syllables(word: str) -> int:
    """Syllables of an English word by its vowel groups, at least one."""
    lower = word.lower().strip("'")
    groups = len(VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def grade(text: str) -> float | None:
    """Flesch-Kincaid grade to one decimal; None where there are no words."""
    words = WORD.findall(text)
    if not words:
        return None
    sentences = [part for part in SENTENCE_END.split(text) if WORD.search(part)]
    sounds = sum(syllables(word) for word in words)
    level = 0.39 * len(words) / len(sentences) + 11.8 * sounds / len(words) - 15.59
    return round(max(level, 0.0), 1)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of three words, in lower case."""
    words = [word.lower() for word in WORD.findall(text)]
    runs = range(len(words) - SHINGLE + 1)
    return frozenset(tuple(words[at : at + SHINGLE]) for at in runs)


def likeness(text: str, other: str) -> int:
    """How many in a hundred of a text's three-word runs stand in the other too."""
    mine = shingles(text)
    if not mine:
        return 0
    return round(100 * len(mine & shingles(other)) / len(mine))


def joined(lines: Iterable[str]) -> str:
    """Lines as sentences of one text; empty ones are left out."""
    return "\n".join(line for line in lines if line.strip())
