"""Units as laboratories and devices write them, and the way from one to another."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pint

from assessments.observations.kinds import ObservationKind
from assessments.observations.numbers import cleaned
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True)
class Unit:
    """How the library calls a unit, and how others spell it."""

    library: str
    also: tuple[str, ...] = ()


# By how each unit is called here.
UNITS = shaped(dict[str, Unit], shipped()["units"], "units")


class UnknownUnit(ValueError):
    """A unit that this kind of measurement is not given in."""


def unit_named(text: str) -> str | None:
    """The unit behind a spelling, or None."""
    word = _spelt(cleaned(text))
    bare = word.removeprefix("(").removesuffix(")")
    return _spellings().get(word) or _spellings().get(bare)


def _spelt(text: str) -> str:
    """A spelling without case, blanks and accents."""
    return "".join(text.split()).lower().replace("μ", "u").replace("µ", "u")


@cache
def _spellings() -> dict[str, str]:
    plain = {_spelt(name): name for name in UNITS}
    return plain | {word: name for name, unit in UNITS.items() for word in unit.also}


@cache
def _registry() -> "pint.UnitRegistry[float]":
    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def convert(
    value: Decimal, unit: str, to: str, *, molar_mass: Decimal | None = None
) -> Decimal:
    """The same amount in another unit; `molar_mass` in g/mol leads from mass to moles."""
    target = UNITS[to].library
    if UNITS[unit].library == target:
        return value
    registry = _registry()
    given = registry.Quantity(float(value), UNITS[unit].library)
    if molar_mass is None:
        found = given.to(target)
    else:
        mass = registry.Quantity(float(molar_mass), "g/mol")
        found = given.to(target, "chemistry", mw=mass)
    return Decimal(repr(round(float(found.magnitude), 6)))


def in_own_unit(measure: ObservationKind, typed: Decimal, unit: str) -> Decimal:
    """An amount in the unit of its kind, as precisely as it is kept."""
    if unit == measure.unit:
        return typed.quantize(Decimal("0.001")) if _is_long(typed) else typed
    found = convert(typed, unit, measure.unit, molar_mass=measure.molar_mass)
    return found.quantize(Decimal(1).scaleb(-measure.decimals))


def _is_long(number: Decimal) -> bool:
    """More decimals than a table keeps."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -3
