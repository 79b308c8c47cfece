"""Facts from the latest specimens. No Django."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from assessments.facts import FACTS, folded
from assessments.picture.sources import Stated, Subject
from medications.rules.dependence import OPIOIDS_IN_URINE

FENTANYL = ("fentanyl", "norfentanyl")
TOXICOLOGY = "toxicology"


class SpecimenResult(NamedTuple):
    """One valid result for one analyte of one specimen."""

    analyte: str
    is_present: bool
    is_definitive: bool
    collected_at: datetime


def toxicology_facts(
    _subject: Subject, results: Sequence[SpecimenResult]
) -> Iterator[Stated]:
    """What the latest specimen held, and whether fentanyl was in the latest tested.

    Without any opioid among what was tested, opioids in urine stay unknown.
    """
    if not results:
        return
    latest = max(result.collected_at for result in results)
    settled = _settled([r for r in results if r.collected_at == latest])
    tested = {_analyte(name): found for name, found in settled.items()}
    if tested.keys() & OPIOIDS_IN_URINE:
        present = sorted(name for name, found in tested.items() if found)
        yield Stated("udt", present, latest, TOXICOLOGY, tuple(sorted(tested)))
    yield from _fentanyl([r for r in results if r.analyte in FENTANYL])


def _fentanyl(results: list[SpecimenResult]) -> Iterator[Stated]:
    if not results:
        return
    latest = max(result.collected_at for result in results)
    settled = _settled([r for r in results if r.collected_at == latest])
    raw = "yes" if any(settled.values()) else "no"
    yield Stated("udt_fentanyl", raw, latest, TOXICOLOGY)


def _settled(results: list[SpecimenResult]) -> dict[str, bool]:
    """One answer an analyte: a definitive test stands against a screen, and what was
    found against a test of the same kind that did not find it."""
    ordered = sorted(results, key=lambda one: (one.is_definitive, one.is_present))
    return {result.analyte: result.is_present for result in ordered}


def _analyte(name: str) -> str:
    """The vocabulary's word for an analyte."""
    fact, word = FACTS["udt"], folded(name)
    known = word if word in fact.choices else fact.words.get(word)
    return str(known) if known else "other"
