"""Every name that is read, with the ingredients that it stands for."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice, takewhile
from pathlib import Path

from knowledge.cited import Cited
from knowledge.medicines import medicines
from knowledge.names.writing import plain
from knowledge.tables import shaped, shipped

TABLE = Path(__file__).parent / "vocabulary.tsv"
NAMES, ALLERGENS = "names", "allergens"
# What stands in the folder beside groups of names.
NO_GROUP = ("words", "origin")
TOGETHER, PAIR = " + ", "/"
COMMENT, BRAND, INGREDIENT, SPELLING = "#", "brand", "ingredient", "spelling"

type Ingredients = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One name, and the ingredients that it stands for; a mere spelling is read and
    offered to nobody."""

    name: str
    ingredients: Ingredients
    kind: str = INGREDIENT

    @property
    def is_brand(self) -> bool:
        return self.kind == BRAND


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NameGroup(Cited):
    """Brands and other spellings of some medicines, by their ingredients."""

    about: str
    brands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self) -> Iterator[Name]:
        for written in (*self.brands, *self.spellings):
            yield from (Name(one, (one,)) for one in apart(written))
        for kind, listed in ((BRAND, self.brands), (SPELLING, self.spellings)):
            for written, names in listed.items():
                yield from (Name(one, apart(written), kind) for one in names)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Names by the way in which they are compared."""

    names: Mapping[str, Name]

    def __contains__(self, phrase: str) -> bool:
        return phrase in self.names

    def __getitem__(self, phrase: str) -> Name:
        return self.names[phrase]

    @cached_property
    def in_order(self) -> tuple[str, ...]:
        return tuple(sorted(self.names))

    @cached_property
    def ingredients(self) -> frozenset[str]:
        """Every ingredient that some name stands for."""
        return frozenset(i for one in self.names.values() for i in one.ingredients)

    def that_begin(self, start: str) -> Iterator[str]:
        listed = self.in_order
        return takewhile(
            lambda name: name.startswith(start),
            islice(listed, bisect_left(listed, start), None),
        )


@cache
def of_medicines() -> Vocabulary:
    """What a list of medicines is read with. Ours stand over what was taken over."""
    listed = dict(_taken_over())
    for one in (*_products(), *_members(), *_ours()):
        listed[plain(one.name)] = one
    return Vocabulary(listed)


@cache
def of_allergens() -> Vocabulary:
    """What a list of allergies is read with: medicines, their parts, and the rest."""
    ours = {plain(one.name): one for one in name_groups()[ALLERGENS].names()}
    return Vocabulary({**of_medicines().names, **ours})


@cache
def name_groups() -> Mapping[str, NameGroup]:
    """Our own names, group by group."""
    tables = shipped()[NAMES].items()
    rows = {key: row for key, row in tables if key not in NO_GROUP}
    return shaped(dict[str, NameGroup], rows, NAMES)


@cache
def that_matter() -> frozenset[str]:
    """Members of the interaction classes."""
    classes = shipped()["ingredients"].values()
    return frozenset(name for kept in classes for name in kept["names"])


def apart(written: str) -> Ingredients:
    return tuple(written.split(TOGETHER))


def _taken_over() -> Iterator[tuple[str, Name]]:
    """The table that was made once from somebody else's, a name a line."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith(COMMENT):
            name, written, kind = line.split("\t")
            yield name.lower(), Name(name, apart(written), kind)


def _members() -> Iterator[Name]:
    """Members of the classes; a pair is read as the two that it is."""
    return (Name(one, (one,)) for one in that_matter() if PAIR not in one)


def _products() -> Iterator[Name]:
    """Medicines for OUD by their brands."""
    for brand, ingredient in medicines().brands.items():
        if PAIR not in brand:
            yield Name(brand.title(), (ingredient,), BRAND)


def _ours() -> Iterator[Name]:
    groups = name_groups().items()
    return (n for key, group in groups if key != ALLERGENS for n in group.names())
