"""Counting DSM-5 criteria: severity, its range while answers are missing, and code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.instruments.arithmetic import band_of
from knowledge.instruments.declaration import (
    Context,
    Declaration,
    Number,
    Outcome,
    Status,
    Values,
)


@dataclass(frozen=True, slots=True)
class Count:
    """Criteria met, not met and unknown, after the supervised-use exclusion."""

    met: int
    not_met: int
    unknown: int
    excluded: int


def count(declared: Declaration, values: Values, *, supervised: bool | None) -> Count:
    """Tolerance and withdrawal under medical supervision alone are no criteria."""
    left_out = declared.groups["pharmacological"] if supervised else ()
    counted = [value for key, value in values.items() if key not in left_out]
    excluded = sum(values[key] == 1 for key in left_out)
    return Count(counted.count(1), counted.count(0), counted.count(None), int(excluded))


def assess(declared: Declaration, values: Values, context: Context) -> Outcome:
    """Severity and code, or the remission that the context describes."""
    counted = count(declared, values, supervised=context.truth("supervised"))
    remission = remission_of(declared, context)
    if remission == "sustained" and _met_beside_craving(declared, values, context):
        return _current(declared, counted, context, "contradicted")
    if remission is not None and context.word("severity_before") != "no OUD":
        return _in_remission(declared, counted, remission, context)
    return _current(declared, counted, context)


def _current(
    declared: Declaration, counted: Count, context: Context, *marks: str
) -> Outcome:
    # The severity if every unknown were not met, and if every one were met.
    low = band_of(declared.bands, counted.met)
    high = band_of(declared.bands, counted.met + counted.unknown)
    diagnosed = context.truth("impairment") is not False
    band = low if low == high else f"{low} to {high}, incomplete"
    code = declared.codes["current"].get(low or "") if low == high else None
    named = {
        "supervised": counted.excluded > 0,
        "no_impairment": not diagnosed,
        "controlled": context.truth("controlled_environment") is True,
    }
    return _outcome(
        counted,
        band if diagnosed else None,
        _subscales(counted, code if diagnosed else None, None),
        (*_said(declared, dict.fromkeys(marks, True)), *_said(declared, named)),
    )


def _in_remission(
    declared: Declaration, counted: Count, remission: str, context: Context
) -> Outcome:
    before = context.word("severity_before")
    code = declared.codes["in_remission"].get(before or "")
    named = {
        "on_maintenance": context.truth("maintenance") is True,
        "controlled": context.truth("controlled_environment") is True,
        "severity_before_unknown": before is None,
        "supervised": counted.excluded > 0,
    }
    return _outcome(
        counted,
        f"{remission} remission",
        _subscales(counted, code, remission),
        _said(declared, named),
    )


type Subscales = Mapping[str, Number | str | None]


def _outcome(
    counted: Count, band: str | None, subscales: Subscales, flags: tuple[str, ...]
) -> Outcome:
    if counted.unknown:
        return Outcome(Status.INCOMPLETE, None, band, subscales, flags)
    return Outcome(Status.COMPLETE, counted.met, band, subscales, flags)


def _said(declared: Declaration, named: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(declared.flags[name].says for name, holds in named.items() if holds)


def _subscales(counted: Count, code: str | None, remission: str | None) -> Subscales:
    return {
        "met": counted.met,
        "not_met": counted.not_met,
        "unknown": counted.unknown,
        "excluded": counted.excluded,
        "icd10cm": code,
        "remission": remission,
    }


def _met_beside_craving(
    declared: Declaration, values: Values, context: Context
) -> bool:
    """Tolerance and withdrawal to the prescribed medicine itself are excepted."""
    excepted = set(declared.groups["beside_remission"])
    if context.truth("maintenance") or context.truth("supervised"):
        excepted.update(declared.groups["pharmacological"])
    return any(value == 1 for key, value in values.items() if key not in excepted)


def remission_of(declared: Declaration, context: Context) -> str | None:
    """Early from three months without criteria, sustained from twelve, else None."""
    since, on = context.day("criteria_free_since"), context.day("as_of")
    months = context.number("criteria_free_months")
    days = context.number("criteria_free_days")
    if since is not None and on is not None:
        months = months_between(since, on)
    if months is not None:
        return _named(declared, months, "months")
    return None if days is None else _named(declared, days, "days")


def _named(declared: Declaration, length: int, unit: str) -> str | None:
    if length >= declared.numbers[f"sustained_{unit}"]:
        return "sustained"
    return "early" if length >= declared.numbers[f"early_{unit}"] else None


def months_between(start: date, end: date) -> int:
    """Whole calendar months from one day to another."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if end.day >= start.day else months - 1
