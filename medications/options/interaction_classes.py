"""Interaction classes of other medicines with medication for OUD. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.names import is_ingredient, recognise
from knowledge.numbers import IngredientSet

# The sets of reference D11 that a list of medicines is held against, as shown.
CLASSES = (
    "opioid_analgesic",
    "opioid_other",
    "mtd_down",
    "arv_mtd_down",
    "mtd_up",
    "bup_down",
    "bup_up",
    "precipitate_on_mtd",
    "cns_depressant",
    "sedative_withdrawal",
    "maoi",
    "serotonergic",
    "qt",
)
WEAKER = "weaker or inconsistent effect"
NOT_OTHER = frozenset(("methadone", "buprenorphine", "naltrexone"))


@dataclass(frozen=True, slots=True)
class Interaction:
    """One class that a medicine belongs to, and how far that was checked."""

    kind: str
    effect: str
    tag: str
    direction: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClassedMedicine:
    """One medicine of the list with the classes it is in. None is an answer only where
    the name was recognised; else nothing was checked, and some may be meant."""

    name: str
    interactions: tuple[Interaction, ...]
    is_known: bool = True
    near: tuple[str, ...] = ()


def medicines_of(
    names: Iterable[str], sets: Mapping[str, IngredientSet]
) -> list[ClassedMedicine]:
    """Each other medicine: those that nobody knows first, then those that matter."""
    found = [_classed(name, sets) for name in sorted(set(names) - NOT_OTHER)]
    return sorted(found, key=lambda one: (one.is_known, not one.interactions))


def _classed(name: str, sets: Mapping[str, IngredientSet]) -> ClassedMedicine:
    if not is_ingredient(name):
        return ClassedMedicine(name, (), is_known=False, near=recognise(name).near)
    return ClassedMedicine(name, tuple(_interactions(name, sets)))


def _interactions(name: str, sets: Mapping[str, IngredientSet]) -> list[Interaction]:
    """The classes of one name; where two have the same effect, the first of them."""
    found = [
        _interaction(name, sets[key]) for key in CLASSES if name in sets[key].names
    ]
    return list({one.effect: one for one in reversed(found)}.values())[::-1]


def _interaction(name: str, kept: IngredientSet) -> Interaction:
    """One class as it concerns this medicine, weaker members said to be so."""
    weaker = WEAKER if name in kept.weaker else ""
    note = kept.notes.get(name, weaker)
    effect = f"{kept.effect} ({note})" if note else kept.effect
    return Interaction(kept.kind, effect, kept.tag, kept.direction, note)
