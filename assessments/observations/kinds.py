"""Kinds of measurement that can be recorded, each with its units and limits. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from assessments.facts import FACTS, Fact
from knowledge.tables import Table, shaped, shipped


@dataclass(frozen=True, slots=True)
class ObservationKind:
    """One kind of observation; `choices` where the result is a word."""

    code: str
    label: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    fact: str = ""
    group: str = "Laboratory"
    is_whole: bool = False
    # Other units it may be given in, and g/mol where moles are among them.
    units: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    usual: tuple[Decimal, Decimal] | None = None
    decimals: int = 1
    loinc: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def all_units(self) -> tuple[str, ...]:
        return (self.unit, *self.units) if self.unit else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a file may call it."""
        return (self.code, self.label, *self.also, *self.loinc)


def limits_of(one: Fact | ObservationKind) -> Table:
    """The unit of a number and what it can be, as a fact or a measurement has them."""
    return {
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "is_whole": one.is_whole,
    }


def _declared(code: str, table: Table) -> Table:
    """One kind; where its code is a number among the facts, that fact's limits."""
    fact = FACTS.get(code)
    if fact is None or not fact.is_number:
        return {"code": code, **table}
    of_fact = {"code": code, "fact": code, "label": fact.label, **limits_of(fact)}
    return {**of_fact, "decimals": 0 if fact.is_whole else 1, **table}


MEASURES = shaped(
    tuple[ObservationKind, ...],
    [_declared(code, table) for code, table in shipped()["measurements"].items()],
    "measurements",
)
BY_CODE: Mapping[str, ObservationKind] = MappingProxyType({m.code: m for m in MEASURES})


def label_of(code: str) -> str:
    """What a kind is called; its code where it is no longer declared."""
    return BY_CODE[code].label if code in BY_CODE else code


def _word(name: str) -> str:
    return " ".join(name.lower().replace(",", " ").split())


_BY_NAME: Mapping[str, ObservationKind] = MappingProxyType(
    {_word(name): measure for measure in MEASURES for name in measure.names}
)


def measure_named(name: str) -> ObservationKind | None:
    """What a laboratory's or a device's name for a measurement means here."""
    return _BY_NAME.get(_word(name))


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight in kilograms over the square of the height in metres, to one decimal."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"))
