"""Words of an entry that name nothing, by what they say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from knowledge.tables import shaped, shipped


class BesideName(Enum):
    """What a word beside the name tells."""

    NOTHING = auto()
    PURPOSE = auto()
    STREET = auto()
    NOT_TAKEN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLists:
    """The lists of words.toml."""

    salts: tuple[str, ...]
    forms: tuple[str, ...]
    routes: tuple[str, ...]
    times: tuple[str, ...]
    formulations: tuple[str, ...]
    besides: tuple[str, ...]
    reasons: tuple[str, ...]
    purposes: tuple[str, ...]
    street: tuple[str, ...]
    negated: tuple[str, ...]
    allergies: tuple[str, ...]
    reactions: tuple[str, ...]
    nothing: tuple[str, ...]
    beside_nothing: tuple[str, ...]

    @property
    def beside_a_name(self) -> tuple[str, ...]:
        return (
            *(*self.salts, *self.forms, *self.routes),
            *(*self.times, *self.formulations, *self.besides),
        )


type Lexicon = Mapping[str, BesideName]


def beside_a_name() -> frozenset[str]:
    """Salts, forms, routes and the like."""
    return frozenset(_words().beside_a_name)


@cache
def of_nothing() -> Mapping[str, bool]:
    """Phrases of an entry that says that there are none; True for those that deny."""
    known = _words()
    return {
        **dict.fromkeys(known.beside_nothing, False),
        **dict.fromkeys(known.nothing, True),
    }


@cache
def of_medicines() -> Lexicon:
    known = _words()
    return {
        **dict.fromkeys((*known.beside_a_name, *known.reasons), BesideName.NOTHING),
        **dict.fromkeys(known.purposes, BesideName.PURPOSE),
        **dict.fromkeys(known.negated, BesideName.NOT_TAKEN),
        **dict.fromkeys(known.street, BesideName.STREET),
    }


@cache
def of_allergies() -> Lexicon:
    """An allergy says what happens, and that is no reason to read it otherwise."""
    known = _words()
    told = (*known.allergies, *known.reactions)
    return {**of_medicines(), **dict.fromkeys(told, BesideName.NOTHING)}


@cache
def _words() -> WordLists:
    return shaped(WordLists, shipped()["names"]["words"], "names.words")
