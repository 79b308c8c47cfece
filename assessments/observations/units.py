"""Units as laboratories and devices write them, and the way from one to another."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pint

from assessments.observations.kinds import ObservationKind
from assessments.observations.numbers import MOST_DIGITS, NotAResult, cleaned
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True)
class Unit:
    """How the library calls a unit, and how others spell it; `log_of` is the unit of
    which it is the decimal logarithm."""

    library: str = ""
    also: tuple[str, ...] = ()
    log_of: str = ""


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
    if is_log(unit):
        return convert(_from_log(value), UNITS[unit].log_of, to)
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


def is_log(unit: str) -> bool:
    return bool(unit) and bool(UNITS[unit].log_of)


def _from_log(value: Decimal) -> Decimal:
    """The amount; a logarithm of 0 is written where nothing was found."""
    if value > MOST_DIGITS:
        raise NotAResult("No logarithm is as large. Write the number without “log”.")
    return Decimal(10) ** value if value else value


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
