"""Urine: what is found for how long, and whether a specimen is valid."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge.formulary.lines import FormularyLine, line, section

RESIDUAL = frozenset({"fentanyl", "norfentanyl"})


def detection(analyte: str) -> tuple[FormularyLine, ...]:
    """Every line about an analyte; none where nothing is known."""
    rows = section("toxicology", "detection").lines
    return tuple(row for row in rows if analyte in row.get("look_for", ()))


def may_be_residual(analyte: str, *, days_since_last_use: int) -> FormularyLine | None:
    """Why a positive need not be new use, where that is so."""
    row = line("toxicology", "detection", "fentanyl_residual")
    early = 0 <= days_since_last_use <= row.days("days")
    return row if analyte in RESIDUAL and early else None


def invalid_because(
    *,
    celsius: Decimal | None = None,
    creatinine: Decimal | None = None,
    ph: Decimal | None = None,
) -> tuple[FormularyLine, ...]:
    """What speaks against a specimen; what was not measured says nothing."""
    return (*_temperature(celsius), *_creatinine(creatinine), *_ph(ph))


def _temperature(celsius: Decimal | None) -> Iterator[FormularyLine]:
    yield from _outside("temperature", celsius)


def _ph(ph: Decimal | None) -> Iterator[FormularyLine]:
    yield from _outside("ph", ph)


def _outside(key: str, value: Decimal | None) -> Iterator[FormularyLine]:
    row = line("toxicology", "validity", key)
    if value is not None and not row.amount("low") <= value <= row.amount("high"):
        yield row


def _creatinine(value: Decimal | None) -> Iterator[FormularyLine]:
    """Substituted before dilute, since it is the stronger reading."""
    if value is None:
        return
    for key in ("substituted", "dilute"):
        row = line("toxicology", "validity", key)
        if value < row.amount("below"):
            yield row
            return


class Meaning(StrEnum):
    """What one result means beside what was prescribed."""

    EXPECTED = "expected"
    PRESENT = "unexpected-present"
    ABSENT = "unexpected-absent"
    NOT_TESTED = "not tested"
    INVALID = "invalid/dilute"
    CONFIRM = "needs confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrineReading:
    """One analyte of one specimen; `present` is None where it was not tested."""

    present: bool | None
    is_prescribed: bool
    is_valid: bool = True
    is_screen: bool = True
    is_disputed: bool = False
    lacks_metabolite: bool = False


def meaning_of(result: UrineReading) -> Meaning:
    """How a result is read; not tested is never negative, and a disputed screen waits."""
    if result.present is None:
        return Meaning.NOT_TESTED
    if not result.is_valid:
        return Meaning.INVALID
    if _waits(result):
        return Meaning.CONFIRM
    if result.present == result.is_prescribed:
        return Meaning.EXPECTED
    return Meaning.PRESENT if result.present else Meaning.ABSENT


def _waits(result: UrineReading) -> bool:
    """A parent drug without what the body makes of it, or a screen that is disputed."""
    added = bool(result.present) and result.is_prescribed and result.lacks_metabolite
    unexpected = result.present != result.is_prescribed
    return added or (unexpected and result.is_screen and result.is_disputed)
