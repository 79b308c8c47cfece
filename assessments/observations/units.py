"""Units as laboratories and devices write them, and the way from one to another."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType

import pint

# How each unit is called here, and how the library calls it.
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "U/L": "count/liter",
        "mg/dL": "mg/dL",
        "g/dL": "g/dL",
        "g/L": "g/L",
        "µmol/L": "umol/L",
        "mmol/L": "mmol/L",
        "mEq/L": "mmol/L",
        "mL/min": "mL/min",
        "mL/min/1.73 m2": "mL/min",
        "10^9/L": "1e9/L",
        "ms": "ms",
        "s": "s",
        "/min": "1/min",
        "mmHg": "mmHg",
        "kPa": "kPa",
        "kg": "kg",
        "g": "g",
        "lb": "lb",
        "cm": "cm",
        "m": "m",
        "in": "inch",
        "kg/m2": "kg/m^2",
        "°C": "degC",
        "°F": "degF",
        "%": "percent",
        "mmol/mol": "mmol/mol",
        "points": "count",
    }
)
# Other spellings, without case, blanks and accents.
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "iu/l": "U/L",
        "units/l": "U/L",
        "umol/l": "µmol/L",
        "mcmol/l": "µmol/L",
        "micromol/l": "µmol/L",
        "ml/min/1.73m2": "mL/min/1.73 m2",
        "ml/min/1.73m^2": "mL/min/1.73 m2",
        "ml/min/1.73m²": "mL/min/1.73 m2",
        "10*9/l": "10^9/L",
        "x10^9/l": "10^9/L",
        "10e9/l": "10^9/L",
        "10^3/ul": "10^9/L",
        "10*3/ul": "10^9/L",
        "x10^3/ul": "10^9/L",
        "k/ul": "10^9/L",
        "k/mm3": "10^9/L",
        "thousand/ul": "10^9/L",
        "g/l": "g/L",
        "msec": "ms",
        "milliseconds": "ms",
        "sec": "s",
        "seconds": "s",
        "bpm": "/min",
        "1/min": "/min",
        "beats/min": "/min",
        "breaths/min": "/min",
        "mm[hg]": "mmHg",
        "mmhg": "mmHg",
        "kilograms": "kg",
        "pounds": "lb",
        "lbs": "lb",
        "[lb_av]": "lb",
        "inches": "in",
        "inch": "in",
        "[in_i]": "in",
        "kg/m²": "kg/m2",
        "kg/m^2": "kg/m2",
        "c": "°C",
        "cel": "°C",
        "degc": "°C",
        "f": "°F",
        "degf": "°F",
        "[degf]": "°F",
        "percent": "%",
        "point": "points",
        "score": "points",
    }
)


def unit_named(text: str) -> str | None:
    """The unit behind a spelling, or None."""
    word = "".join(text.split()).lower().replace("μ", "µ").replace("µ", "u")
    plain = {
        "".join(name.split()).lower().replace("µ", "u"): name for name in UNITS
    } | dict(SPELLINGS)
    return plain.get(word)


@cache
def _registry() -> "pint.UnitRegistry[float]":
    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def convert(
    value: Decimal, unit: str, to: str, *, molar_mass: Decimal | None = None
) -> Decimal:
    """The same amount in another unit; `molar_mass` in g/mol leads from mass to moles."""
    if UNITS[unit] == UNITS[to]:
        return value
    registry = _registry()
    given = registry.Quantity(float(value), UNITS[unit])
    if molar_mass is None:
        found = given.to(UNITS[to])
    else:
        mass = registry.Quantity(float(molar_mass), "g/mol")
        found = given.to(UNITS[to], "chemistry", mw=mass)
    return Decimal(repr(round(float(found.magnitude), 6)))
