"""What the record says apart from intake and instruments: lists and measurements."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from assessments.diagnoses import stated
from assessments.observations.kinds import BY_CODE, body_mass_index
from assessments.picture import plain
from patients.models import Allergy, Patient

ALLERGIES = frozenset(Allergy.Kind.values)
OTHER_ALLERGY = Allergy.Kind.OTHER.value
# Of these a value below the limit is a risk for the heart's rhythm (reference C48).
LOW_IS_A_RISK = {"potassium": "low_potassium", "magnesium": "low_magnesium"}
CONDITION, MEDICINE = "condition", "medicine"


class Entry(NamedTuple):
    """One line of the record's lists: allergy, condition or other medicine."""

    kind: str
    text: str
    recorded_at: datetime


class Stated(NamedTuple):
    """A fact as the record states it, before the vocabulary has read it."""

    name: str
    raw: object
    as_of: datetime
    source: str


class Measured(NamedTuple):
    """The newest observation of one kind."""

    code: str
    value: Decimal | None
    text: str
    effective_at: datetime
    source: str
    low: Decimal | None = None

    @property
    def is_low(self) -> bool:
        """Below the limit of the laboratory that measured it, where it gave one."""
        return self.low is not None and self.value is not None and self.value < self.low

    @property
    def raw(self) -> object:
        return self.text if self.value is None else plain(self.value)


def health_facts(patient: Patient, entries: Iterable[Entry]) -> Iterator[Stated]:
    """Allergies, other medicines and what diagnoses state for certain."""
    listed = list(entries)
    yield from _allergies(patient, [e for e in listed if e.kind in ALLERGIES])
    yield from _medicines([e for e in listed if e.kind == MEDICINE])
    yield from _conditions([e for e in listed if e.kind == CONDITION])


def _allergies(patient: Patient, listed: list[Entry]) -> Iterator[Stated]:
    """An empty list counts only where somebody asked and none are known."""
    if listed:
        names = [e.text if e.kind == OTHER_ALLERGY else e.kind for e in listed]
        yield Stated("allergy", names, _latest(listed), "allergy list")
    elif patient.no_known_allergies and patient.allergies_asked_at:
        yield Stated("allergy", [], patient.allergies_asked_at, "allergy list")


def _medicines(listed: list[Entry]) -> Iterator[Stated]:
    if listed:
        names = [e.text for e in listed]
        yield Stated("med_list", names, _latest(listed), "medicine list")


def _conditions(listed: list[Entry]) -> Iterator[Stated]:
    for name, value in stated(e.text for e in listed).items():
        yield Stated(name, value, _latest(listed), "diagnosis list")


def _latest(entries: list[Entry]) -> datetime:
    return max(entry.recorded_at for entry in entries)


def measured_facts(rows: Iterable[Measured]) -> Iterator[Stated]:
    """The newest measurements; body mass index from weight and height."""
    newest = {row.code: row for row in rows}
    if body := _body_mass(newest):
        newest["bmi"] = body
    for code, row in newest.items():
        if fact := BY_CODE[code].fact:
            yield Stated(fact, row.raw, row.effective_at, row.source or "measured")


def risks_measured(rows: Iterable[Measured]) -> Iterator[tuple[str, Measured]]:
    """Heart rhythm risks that a laboratory found: potassium or magnesium too low."""
    for row in rows:
        if row.is_low and row.code in LOW_IS_A_RISK:
            yield LOW_IS_A_RISK[row.code], row


def _body_mass(newest: dict[str, Measured]) -> Measured | None:
    """Worked out, unless it was recorded itself after the last weighing."""
    parts = [newest[code] for code in ("weight", "height") if code in newest]
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(("weight", "height")):
        return None
    weighed_at = parts[0].effective_at
    if "bmi" in newest and newest["bmi"].effective_at >= weighed_at:
        return None
    index = body_mass_index(values[0], values[1])
    return Measured("bmi", index, "", weighed_at, "weight and height")
