"""Interaction classes of other medicines with medication for OUD. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.numbers import IngredientSet

# The sets of reference D11 that a list of medicines is held against, as shown.
CLASSES = (
    "opioid_analgesic",
    "mtd_down",
    "arv_mtd_down",
    "mtd_up",
    "bup_down",
    "bup_up",
    "precipitate_on_mtd",
    "cns_depressant",
    "serotonergic",
    "maoi",
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
    """One medicine of the list with the classes it is in; none is an answer too."""

    name: str
    interactions: tuple[Interaction, ...]


def medicines_of(
    names: Iterable[str], sets: Mapping[str, IngredientSet]
) -> list[ClassedMedicine]:
    """Each other medicine, those that matter first."""
    found = [
        ClassedMedicine(name, tuple(_interactions(name, sets)))
        for name in sorted(set(names) - NOT_OTHER)
    ]
    return sorted(found, key=lambda medicine: not medicine.interactions)


def _interactions(name: str, sets: Mapping[str, IngredientSet]) -> list[Interaction]:
    return [_interaction(name, sets[key]) for key in CLASSES if name in sets[key].names]


def _interaction(name: str, kept: IngredientSet) -> Interaction:
    """One class as it concerns this medicine, weaker members said to be so."""
    weaker = WEAKER if name in kept.weaker else ""
    note = kept.notes.get(name, weaker)
    effect = f"{kept.effect} ({note})" if note else kept.effect
    return Interaction(kept.kind, effect, kept.tag, kept.direction, note)
