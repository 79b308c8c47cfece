"""What another medicine does to medication for OUD, by class. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# The sets of reference D11: what membership means, and in which direction it works.
CLASSES: Mapping[str, tuple[str, str]] = {
    "opioid_analgesic": ("opioid pain medicine", "naltrexone would block it"),
    "mtd_down": ("inducer", "lowers methadone: withdrawal"),
    "arv_mtd_down": ("HIV medicine", "lowers methadone: withdrawal"),
    "mtd_up": ("inhibitor", "raises methadone: sedation, QT"),
    "bup_down": ("inducer", "lowers buprenorphine: withdrawal"),
    "bup_up": ("inhibitor", "raises buprenorphine: sedation"),
    "precipitate_on_mtd": ("antagonist", "brings on withdrawal on methadone"),
    "cns_depressant": ("sedating", "slows breathing together with opioids"),
    "serotonergic": ("serotonergic", "watch for serotonin syndrome"),
    "maoi": ("MAOI", "watch for serotonin syndrome"),
    "qt": ("lengthens QT", "ECG with methadone"),
}
NOT_OTHER = frozenset(("methadone", "buprenorphine", "naltrexone"))


@dataclass(frozen=True, slots=True)
class Interaction:
    """One class that a medicine belongs to, and how far that was checked."""

    kind: str
    effect: str
    tag: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of the list with the classes it is in; none is an answer too."""

    name: str
    interactions: tuple[Interaction, ...]


def medicines_of(names: Iterable[str], sets: Mapping[str, Any]) -> list[Medicine]:
    """Each other medicine, those that matter first."""
    found = [
        Medicine(name, tuple(_interactions(name, sets)))
        for name in sorted(set(names) - NOT_OTHER)
    ]
    return sorted(found, key=lambda medicine: not medicine.interactions)


def _interactions(name: str, sets: Mapping[str, Any]) -> list[Interaction]:
    return [
        Interaction(kind, effect, str(sets[key]["tag"]))
        for key, (kind, effect) in CLASSES.items()
        if name in sets[key]["names"]
    ]
