"""Things that are given out of one person's record: the apps that own them register them."""

from collections.abc import Callable
from dataclasses import dataclass

from patients.models import Disclosure, Patient

# Told in words: no paper and no file, and what is told is chosen each time.
WORDS = "words"


@dataclass(frozen=True, slots=True)
class GivenThing:
    """One kind of paper or file: the sections it holds, and those it is nothing without."""

    key: str
    title: str
    way: str
    sections: tuple[str, ...]
    least: tuple[str, ...]
    # Where it stands, once the gate has let it out.
    address: Callable[[Disclosure], str]
    # Whether it is of this person.
    is_of: Callable[[Patient, int | None], bool]
    # For whom it is made, where it is nearly always the same.
    usual: str = ""


_things: dict[str, GivenThing] = {}


def register(thing: GivenThing) -> None:
    """Make a thing known; its app does so when it is ready."""
    _things[thing.key] = thing


def things() -> dict[str, GivenThing]:
    """Everything that may be given out, by its key."""
    return dict(_things)
