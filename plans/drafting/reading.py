"""Reading grade of a text, and its share of somebody else's wording."""

from collections.abc import Iterable

from medications.decision_aid.reading_grade import WORD

SHINGLE = 3


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
