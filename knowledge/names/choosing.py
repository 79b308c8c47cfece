"""Names to choose from as somebody types."""

from itertools import chain, islice

from knowledge.names.vocabulary import (
    SPELLING,
    Name,
    Vocabulary,
    of_allergens,
    of_medicines,
)
from knowledge.names.writing import plain

FEWEST_LETTERS = 2


def search(text: str, limit: int) -> tuple[Name, ...]:
    """Names that begin so, then those that hold it; brands tell their ingredients."""
    return _search(plain(text), limit, of_medicines())


def search_allergens(text: str, limit: int) -> tuple[Name, ...]:
    return _search(plain(text), limit, of_allergens())


def _search(said: str, limit: int, known: Vocabulary) -> tuple[Name, ...]:
    if len(said) < FEWEST_LETTERS:
        return ()
    that_hold = (name for name in known.in_order if said in name)
    found = (known[name] for name in chain(known.that_begin(said), that_hold))
    offered = dict.fromkeys(one for one in found if one.kind != SPELLING)
    return tuple(islice(offered, limit))
