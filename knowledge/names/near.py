"""Names that may be meant by what was not recognised. They are offered, never read."""

from collections.abc import Iterator
from difflib import get_close_matches
from string import ascii_lowercase

from knowledge.names.vocabulary import SPELLING, Name, Vocabulary, that_matter
from knowledge.names.writing import Word

# Shorter words are near too many names; those next to them by one slip only. No name is
# longer.
SHORTEST, SHORTEST_OF_TWO_SLIPS, LONGEST = 4, 6, 40
ALIKE = 0.8
FEW = 3


def near_names(odd: list[Word], names: Vocabulary) -> list[str]:
    """Nearest first: one slip before two, what matters here before what does not."""
    if not odd:
        return []
    said = [word.plain for word in odd]
    tried = dict.fromkeys((" ".join(said), "".join(said), *said))
    long = [text for text in tried if SHORTEST <= len(text) <= LONGEST]
    one_slip = (name for text in long for name in _one_slip(text, names))
    close = [names[name] for name in dict.fromkeys(one_slip)]
    if not close:
        close = [names[n] for text in long for n in _alike(text, names)]
    shown = [_shown(one) for one in sorted(close, key=_weight)]
    return list(dict.fromkeys(shown))


def _weight(one: Name) -> tuple[bool, bool, str]:
    return not that_matter() & {*one.ingredients}, one.is_brand, one.name


def _shown(one: Name) -> str:
    return " + ".join(one.ingredients) if one.kind == SPELLING else one.name


def _one_slip(text: str, names: Vocabulary) -> Iterator[str]:
    return (name for name in slips(text) if name in names)


def slips(text: str) -> Iterator[str]:
    """The text with a letter too many, too few, wrong or out of place."""
    for at in range(len(text) + 1):
        before, after = text[:at], text[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in f"{ascii_lowercase} ":
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _alike(text: str, names: Vocabulary) -> list[str]:
    if len(text) < SHORTEST_OF_TWO_SLIPS:
        return []
    same_letter = names.that_begin(text[0])
    as_long = [n for n in same_letter if abs(len(n) - len(text)) <= FEW]
    return get_close_matches(text, as_long, FEW, ALIKE)
