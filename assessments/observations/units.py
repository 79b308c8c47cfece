"""Units as laboratories and devices write them, and the way from one to another."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pint

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
    word = "".join(text.split()).lower().replace("μ", "µ").replace("µ", "u")
    return _spellings().get(word)


@cache
def _spellings() -> dict[str, str]:
    plain = {"".join(name.split()).lower().replace("µ", "u"): name for name in UNITS}
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
