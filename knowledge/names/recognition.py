"""Recognition of the medicine, or the allergen, that one entry names; nothing is guessed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from knowledge.names import vocabulary, words
from knowledge.names.near import near_names
from knowledge.names.vocabulary import Ingredients, Name, Vocabulary
from knowledge.names.words import BesideName, Lexicon
from knowledge.names.writing import Word, plain, words_in

# Names and phrases are no longer than this many words.
LONGEST = 6
JOINING = ("and", "plus", "with", "w", "or")
JOINS = frozenset(",;+&/")
MOST_NEAR = 3
ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# An amount that makes another thing of a medicine, where its name is listed with it.
MUCH, MUCH_OF = "high dose", " in high dose"


@dataclass(frozen=True, slots=True)
class Recognition:
    """One entry as typed, and what it was recognised as; nothing where it was not.

    `near` are spellings that may be meant, best first; `odd` is the part that no name
    was found for.
    """

    written: str
    ingredients: Ingredients = ()
    from_street: bool = False
    near: tuple[str, ...] = ()
    odd: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.ingredients)

    @property
    def means(self) -> str:
        """Its ingredients, where the entry does not say them itself."""
        says_all = all(name in plain(self.written) for name in self.ingredients)
        return "" if says_all else ", ".join(self.ingredients)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in some words: names, what else was said, what is left over."""

    names: list[Name] = field(default_factory=list)
    # Salts and the like that are names too where there is no other.
    if_alone: list[Name] = field(default_factory=list)
    says: set[BesideName] = field(default_factory=set)
    odd: list[Word] = field(default_factory=list)

    @property
    def meant(self) -> list[Name]:
        return self.names or ([] if self.odd else self.if_alone)

    @property
    def ingredients(self) -> Ingredients:
        listed = (i for one in self.meant for i in one.ingredients)
        return tuple(dict.fromkeys(listed))


@lru_cache(maxsize=4096)
def recognise(text: str) -> Recognition:
    """One entry of a list of medicines."""
    return _recognised(text, vocabulary.of_medicines(), words.of_medicines())


@lru_cache(maxsize=1024)
def recognise_allergen(text: str) -> Recognition:
    """One entry of a list of allergies: parts of products and what is no medicine too."""
    return _recognised(text, vocabulary.of_allergens(), words.of_allergies())


@lru_cache(maxsize=1024)
def says_none(text: str) -> bool:
    """Whether an entry says that there are none, and names nothing: "None.", "NKDA"."""
    said, at, is_denied = plain(text).split(), 0, False
    while at < len(said):
        size = _phrase(said[at : at + LONGEST])
        if not size:
            return False
        is_denied |= words.of_nothing()[" ".join(said[at : at + size])]
        at += size
    return is_denied


def _phrase(said: list[str]) -> int:
    """How many of these words are the longest phrase beside a denial; 0 where none is."""
    known = words.of_nothing()
    sizes = range(len(said), 0, -1)
    return next((size for size in sizes if " ".join(said[:size]) in known), 0)


def is_ingredient(name: str) -> bool:
    """Whether a value of a fact names an ingredient, and is no free text."""
    return name in vocabulary.of_allergens().ingredients


def corrected(read: Recognition, name: str) -> str:
    """The entry with its odd part put right by one of the near names; left out where
    the rest says that name already."""
    if not read.odd or name not in read.near:
        return read.written
    before, after = read.written.split(read.odd, 1)
    rest, meant = recognise_allergen(before + after), recognise_allergen(name)
    stands = meant.is_known and set(meant.ingredients) <= set(rest.ingredients)
    whole = before + after if stands else f"{before}{name}{after}"
    return " ".join(whole.split())


def _recognised(text: str, names: Vocabulary, lexicon: Lexicon) -> Recognition:
    written = " ".join(text.split())
    read = _whole(written, names) or _with_asides(written, names, lexicon)
    from_street = BesideName.STREET in read.says
    if BesideName.NOT_TAKEN in read.says:
        return Recognition(written, from_street=from_street)
    if read.odd or not read.meant:
        run = _run(read.odd)
        odd = written[run[0].start : run[-1].end] if run else ""
        near = tuple(near_names(run, names))
        if run and not near and not _is_joined(written, odd):
            near = tuple(one.name for one in read.meant)
        kept = tuple(dict.fromkeys(near))[:MOST_NEAR]
        return Recognition(written, from_street=from_street, near=kept, odd=odd)
    return Recognition(written, _in_their_amount(read, written), from_street)


def _whole(written: str, names: Vocabulary) -> _Read | None:
    """The entry as it stands, where it is a name: some have brackets."""
    name = plain(written)
    return _Read(names=[names[name]]) if name in names else None


def _in_their_amount(read: _Read, written: str) -> Ingredients:
    """High doses of some medicines are listed as something else."""
    if MUCH not in " ".join(word.plain for word in words_in(written)):
        return read.ingredients
    known = vocabulary.of_medicines().ingredients
    much = ((one, one + MUCH_OF) for one in read.ingredients)
    return tuple(more if more in known else one for one, more in much)


def _with_asides(written: str, names: Vocabulary, lexicon: Lexicon) -> _Read:
    """What stands in brackets counts where it names something or denies the rest."""
    asides = list(ASIDE.finditer(written))
    bare = ASIDE.sub(lambda found: " " * len(found[0]), written)
    read = _read(words_in(bare), names, lexicon)
    if not asides or not (read.meant or read.odd):
        return _read(words_in(written), names, lexicon)
    for aside in asides:
        inside = _read(words_in(_only(written, aside)), names, lexicon)
        read.says.update(inside.says)
        if inside.names:
            read.names.extend(inside.names)
            read.odd.extend(inside.odd)
    return read


def _only(written: str, kept: re.Match[str]) -> str:
    """The text with blanks where it is not kept, so that places stay."""
    return " " * kept.start() + kept[0] + " " * (len(written) - kept.end())


def _read(listed: list[Word], names: Vocabulary, lexicon: Lexicon) -> _Read:
    """Word after word, the longest name or phrase first."""
    read = _Read()
    at = 0
    while at < len(listed):
        phrase, size = _longest(listed, at, names, lexicon)
        says = lexicon.get(phrase)
        if says is BesideName.PURPOSE:
            _purpose(listed[at + size :], read, names, lexicon)
            break
        if says is None:
            _note_name(phrase, listed[at], read, names)
        else:
            read.says.add(says)
            if says is BesideName.NOTHING and phrase in names:
                read.if_alone.append(names[phrase])
        at += size
    return read


def _longest(
    listed: list[Word], at: int, names: Vocabulary, lexicon: Lexicon
) -> tuple[str, int]:
    for size in range(min(LONGEST, len(listed) - at), 0, -1):
        phrase = " ".join(word.plain for word in listed[at : at + size])
        if phrase in names or phrase in lexicon:
            return phrase, size
    return listed[at].plain, 1


def _note_name(phrase: str, word: Word, read: _Read, names: Vocabulary) -> None:
    if phrase in names:
        read.names.append(names[phrase])
    elif not phrase.isdecimal():
        read.odd.append(word)


def _purpose(
    rest: list[Word], read: _Read, names: Vocabulary, lexicon: Lexicon
) -> None:
    """What it is for may be anything; a name after an "and" may be one more medicine."""
    inside = _read(rest, names, lexicon)
    read.says.update(inside.says)
    joined = next((n for n, word in enumerate(rest) if word.plain in JOINING), None)
    if joined is not None and _read(rest[joined:], names, lexicon).names:
        read.odd.extend(rest[joined + 1 :])


def _is_joined(written: str, odd: str) -> bool:
    """Whether the odd part is told as one more medicine, which is not to be dropped."""
    before, _, after = written.partition(odd)
    beside = before.strip()[-1:] + after.strip()[:1]
    words = {*plain(before).split()[-1:], *plain(after).split()[:1]}
    return bool(set(beside) & JOINS or words & set(JOINING))


def _run(odd: list[Word]) -> list[Word]:
    """The first words of what is left over that stand side by side."""
    return list(_side_by_side(sorted(odd, key=lambda word: word.start)))


def _side_by_side(odd: list[Word]) -> Iterator[Word]:
    end = None
    for word in odd:
        if end is not None and word.start > end + 1:
            return
        end = word.end
        yield word
