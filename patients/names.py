"""Names as they are compared and sorted: pure, the same in the database and here."""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

# Written in a name or left out of it, by keyboard and by habit: O'Brien is OBrien.
APOSTROPHES = frozenset("'\"`´‘’‚‛“”′ʹʻʼʽʾʿˈ＇")
NOTHING = str.maketrans("", "", "'\"`")
# A point stays where it stands in a number, as in a code.
PARTS_WORDS = re.compile(r"[^0-9a-z.]|(?<!\d)\.|\.(?!\d)")


def normalized(text: str) -> str:
    """Lower-case Latin letters and digits, single spaces: the form that is searched.

    Accents, apostrophes and invisible signs are left out, hyphens, commas and points
    part words, letters without an accent to take off and those of other scripts stand
    as the Latin letters they sound or look like. The embedded server has no ICU
    collations, so that sorting and searching go by this stored form on every server
    alike.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    told = "".join(
        c
        for c in decomposed
        if c not in APOSTROPHES
        and not unicodedata.combining(c)
        and unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn")
    )
    latin = anyascii(told).casefold().translate(NOTHING)
    return " ".join(PARTS_WORDS.sub(" ", latin).split())


def has_twice(names: Iterable[str]) -> bool:
    """Whether one name stands among them in two spellings."""
    read = [normalized(name) or name for name in names]
    return len(set(read)) < len(read)


def is_name_of(typed: str, *, first_names: Iterable[str], family_name: str) -> bool:
    """Whether somebody wrote their own name: a first name and a family name of theirs,
    in any order, and no other word.

    Accents and hyphens make no difference, nor does a letter for a name in between.
    Of several names one is enough.
    """
    firsts = [name for name in first_names if name]
    whole = [f"{one}{family_name}" for one in firsts]
    whole += [f"{family_name}{one}" for one in firsts]
    if closed_up(typed) in map(closed_up, whole):
        return True
    of_first, of_family = _words_of(*firsts), _words_of(family_name)
    words = {word for word in _words_of(typed) if len(word) > 1}
    needed = [one for one in (of_first, of_family) if one]
    return words <= of_first | of_family and all(words & one for one in needed)


def _words_of(*texts: str) -> set[str]:
    return {word for text in texts for word in normalized(text).split()}


def closed_up(text: str) -> str:
    """The same without its spaces: Van der Steen is Vandersteen."""
    return normalized(text).replace(" ", "")


def search_text_of(*names: str, mrn: str) -> str:
    """Every word that a person is found by, between spaces. A name or an MRN of several
    words stands closed up before them, so that it is alike however it was written."""
    told = (normalized(one) for one in (*names, mrn))
    words = (f"{one.replace(' ', '')} {one}" if " " in one else one for one in told)
    return f" {' '.join(word for word in words if word)} "


def sort_name_of(family_name: str, first_name: str) -> str:
    """By family name; whoever has one name only, by that."""
    return normalized(f"{family_name} {first_name}")[:LONGEST_SORT_NAME]


LONGEST_SORT_NAME = 170
