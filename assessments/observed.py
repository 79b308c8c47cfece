"""The measurements that can be recorded, each with its unit and limits. No Django.

Limits are those of what can be typed for a living person, to catch slips; where the
measurement feeds a fact they are the fact's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessments.facts import FACTS


@dataclass(frozen=True, slots=True)
class Measure:
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


def of_fact(code: str, group: str = "Laboratory", label: str = "") -> Measure:
    fact = FACTS[code]
    return Measure(
        code=code,
        label=label or fact.label,
        unit=fact.unit,
        low=fact.low,
        high=fact.high,
        fact=code,
        group=group,
        is_whole=fact.kind.value == "int",
    )


def vital(code: str, label: str, unit: str, low: int, high: int) -> Measure:
    return Measure(code, label, unit, Decimal(low), Decimal(high), group="Vital signs")


HEART, VITAL = "Heart", "Vital signs"
MEASURES = (
    of_fact("qtc", HEART),
    of_fact("hr", VITAL, "Pulse"),
    of_fact("sbp", VITAL),
    vital("dbp", "Diastolic blood pressure", "mmHg", 20, 200),
    vital("weight", "Weight", "kg", 2, 400),
    vital("height", "Height", "cm", 40, 250),
    of_fact("bmi", VITAL),
    of_fact("alt"),
    of_fact("ast"),
    of_fact("uln"),
    of_fact("child_pugh"),
    of_fact("crcl"),
    of_fact("egfr"),
    of_fact("platelets"),
    of_fact("ciwa", "Withdrawal"),
    Measure(
        "pregnancy_test",
        "Pregnancy test",
        choices=("negative", "positive"),
        fact="pregnancy_test",
    ),
)
BY_CODE: Mapping[str, Measure] = {measure.code: measure for measure in MEASURES}


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight in kilograms over the square of the height in metres, to one decimal."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"))
