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
    # What else is meant than a blood test, by the words of lab_names.toml.
    specimens: tuple[str, ...] = ()
    # The side on which a result is graver.
    worse: str = ""
    # What comes with it where two are written as one, and how the two are called.
    pair: str = ""
    pair_names: tuple[str, ...] = ()
    # Of a test told in words: from which number on it is which.
    negative_below: Decimal | None = None
    positive_from: Decimal | None = None

    @property
    def all_units(self) -> tuple[str, ...]:
        return (self.unit, *self.units) if self.unit else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a file may call it."""
        return (self.code, self.label, *self.also, *self.loinc, *self.pair_names)

    def has_word(self, value: Decimal) -> bool:
        """Whether a number outside the limits has a meaning, such as 0 for none."""
        fact = FACTS.get(self.fact)
        return fact is not None and f"{value.normalize():f}" in fact.words

    @property
    def step(self) -> Decimal:
        """The smallest difference between two results of the kind."""
        return Decimal(1).scaleb(-self.decimals)


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


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight in kilograms over the square of the height in metres, to one decimal."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"))
