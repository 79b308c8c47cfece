"""A typed list, cut into its entries."""

import re
from collections.abc import Iterator
from functools import cache

from knowledge.names import vocabulary
from knowledge.names.recognition import recognise, says_none
from knowledge.names.words import BesideName, of_medicines
from knowledge.names.writing import words_in

LINE = re.compile(r"[;\n\r•]+")
# A comma between the digits of a number parts nothing.
COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")
JOINED = re.compile(r"\s+and\s+|\s*\+\s*|\s*&\s*", re.IGNORECASE)


def entries(text: str) -> tuple[str, ...]:
    """The entries of a list as typed. A combination is one entry; what only says how
    much, how often, what for or since when belongs to the entry before it; what says that
    there are none is no entry."""
    if says_none(text):
        return ()
    listed = (entry for line in LINE.split(text) for entry in _of_line(line))
    return tuple(one for one in dict.fromkeys(listed) if not says_none(one))


def _of_line(line: str) -> list[str]:
    """A line that begins with a denial may deny all of it, and stays whole."""
    whole = " ".join(line.split())
    if _says(whole) is BesideName.NOT_TAKEN:
        return [whole]
    listed: list[str] = []
    for piece in COMMA.split(whole):
        written = piece.strip()
        if listed and _is_of_the_one_before(written):
            listed[-1] = f"{listed[-1]}, {written}"
        elif written:
            listed.extend(_unjoined(written))
    return listed


def _is_of_the_one_before(piece: str) -> bool:
    """Whether a piece of a line names nothing, known or not."""
    if not piece:
        return False
    read = recognise(piece)
    if read.is_known or _says(piece) in (BesideName.NOT_TAKEN, BesideName.PURPOSE):
        return not read.is_known and not _names_one(piece)
    return not read.odd


def _names_one(piece: str) -> bool:
    rest = piece.split(maxsplit=1)[1:]
    return bool(rest) and recognise(rest[0]).is_known


def _says(piece: str) -> BesideName | None:
    """What the first word tells, where it is no name."""
    said = [word.plain for word in words_in(piece)[:1]]
    return of_medicines().get(said[0]) if said else None


def _unjoined(piece: str) -> Iterator[str]:
    """Each side of an "and" or a plus, unless together they are a combination, or none
    of them is a medicine."""
    sides = [side.strip() for side in JOINED.split(piece)]
    read = [recognise(side) for side in sides]
    together = frozenset(i for one in read for i in one.ingredients)
    is_one = together in _combinations() or not any(one.is_known for one in read)
    if len(sides) < 2 or is_one or _is_denied(piece):
        yield piece
    else:
        yield from filter(None, sides)


def _is_denied(piece: str) -> bool:
    return any(
        of_medicines().get(word.plain) is BesideName.NOT_TAKEN
        for word in words_in(piece)
    )


@cache
def _combinations() -> frozenset[frozenset[str]]:
    """Ingredients that some product holds together."""
    names = vocabulary.of_medicines().names.values()
    return frozenset(frozenset(n.ingredients) for n in names if len(n.ingredients) > 1)
