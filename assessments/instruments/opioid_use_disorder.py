"""Counting DSM-5 criteria: severity, its range while answers are missing, and code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessments.instruments.arithmetic import band_of, flagged
from assessments.instruments.declaration import (
    Band,
    Context,
    Number,
    Outcome,
    Status,
    Values,
    Words,
)

CRAVING = "craving"
PHARMACOLOGICAL = ("tolerance", "withdrawal")

SEVERITY = (
    Band(0, "no OUD", Words("No opioid use disorder", "Sin trastorno")),
    Band(2, "mild", Words("Mild", "Leve")),
    Band(4, "moderate", Words("Moderate", "Moderado")),
    Band(6, "severe", Words("Severe", "Grave")),
)
ICD10CM = {"mild": "F11.10", "moderate": "F11.20", "severe": "F11.20"}
ICD10CM_IN_REMISSION = {"mild": "F11.11", "moderate": "F11.21", "severe": "F11.21"}

EARLY_MONTHS = 3
SUSTAINED_MONTHS = 12
# Where only a number of days is known; 89 days are not yet three months.
EARLY_DAYS = 90
SUSTAINED_DAYS = 365

SUPERVISED = "10 and 11 not counted: opioids only under medical supervision"
ON_MAINTENANCE = "on maintenance therapy"
CONTROLLED = "in a controlled environment"
NO_IMPAIRMENT = "no significant impairment or distress: no diagnosis"
CONTRADICTED = "criteria met within 12 months contradict sustained remission"
SEVERITY_BEFORE_UNKNOWN = "earlier severity not recorded: no remission code"


@dataclass(frozen=True, slots=True)
class Count:
    """Criteria met, not met and unknown, after the supervised-use exclusion."""

    met: int
    not_met: int
    unknown: int
    excluded: int

    @property
    def severities(self) -> tuple[str | None, str | None]:
        """The severity if every unknown were not met, and if every one were met."""
        most = self.met + self.unknown
        return band_of(SEVERITY, self.met), band_of(SEVERITY, most)


def count(values: Values, *, supervised: bool | None) -> Count:
    """Tolerance and withdrawal under medical supervision alone are no criteria."""
    left_out = PHARMACOLOGICAL if supervised else ()
    counted = [value for key, value in values.items() if key not in left_out]
    excluded = sum(values[key] == 1 for key in left_out)
    return Count(counted.count(1), counted.count(0), counted.count(None), int(excluded))


def assess(values: Values, context: Context) -> Outcome:
    """Severity and code, or the remission that the context describes."""
    counted = count(values, supervised=context.truth("supervised"))
    remission = remission_of(context)
    if remission == "sustained" and _met_beside_craving(values, context):
        return _current(counted, context, (CONTRADICTED,))
    if remission is not None and context.word("severity_before") != "no OUD":
        return _in_remission(counted, remission, context)
    return _current(counted, context, ())


def _current(counted: Count, context: Context, flags: tuple[str, ...]) -> Outcome:
    low, high = counted.severities
    whole = counted.unknown == 0
    diagnosed = context.truth("impairment") is not False
    band = (
        (low if low == high else f"{low} to {high}, incomplete") if diagnosed else None
    )
    code = ICD10CM.get(low or "") if low == high and diagnosed else None
    marks = (
        *flags,
        *flagged(
            (counted.excluded > 0, SUPERVISED),
            (not diagnosed, NO_IMPAIRMENT),
            (context.truth("controlled_environment") is True, CONTROLLED),
        ),
    )
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        counted.met if whole else None,
        band,
        _shown(counted, code, None),
        marks,
    )


def _in_remission(counted: Count, remission: str, context: Context) -> Outcome:
    before = context.word("severity_before")
    code = ICD10CM_IN_REMISSION.get(before or "")
    marks = flagged(
        (context.truth("maintenance") is True, ON_MAINTENANCE),
        (context.truth("controlled_environment") is True, CONTROLLED),
        (before is None, SEVERITY_BEFORE_UNKNOWN),
        (counted.excluded > 0, SUPERVISED),
    )
    whole = counted.unknown == 0
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        counted.met if whole else None,
        f"{remission} remission",
        _shown(counted, code, remission),
        marks,
    )


def _shown(
    counted: Count, code: str | None, remission: str | None
) -> Mapping[str, Number | str | None]:
    return {
        "met": counted.met,
        "not_met": counted.not_met,
        "unknown": counted.unknown,
        "excluded": counted.excluded,
        "icd10cm": code,
        "remission": remission,
    }


def _met_beside_craving(values: Values, context: Context) -> bool:
    """Tolerance and withdrawal to the prescribed medicine itself are excepted."""
    excepted = {CRAVING}
    if context.truth("maintenance") or context.truth("supervised"):
        excepted.update(PHARMACOLOGICAL)
    return any(value == 1 for key, value in values.items() if key not in excepted)


def remission_of(context: Context) -> str | None:
    """Early from three months without criteria, sustained from twelve, else None."""
    since, on = context.day("criteria_free_since"), context.day("as_of")
    months = context.number("criteria_free_months")
    days = context.number("criteria_free_days")
    if since is not None and on is not None:
        return _named(months_between(since, on), EARLY_MONTHS, SUSTAINED_MONTHS)
    if months is not None:
        return _named(months, EARLY_MONTHS, SUSTAINED_MONTHS)
    return None if days is None else _named(days, EARLY_DAYS, SUSTAINED_DAYS)


def _named(length: int, early: int, sustained: int) -> str | None:
    if length >= sustained:
        return "sustained"
    return "early" if length >= early else None


def months_between(start: date, end: date) -> int:
    """Whole calendar months from one day to another."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if end.day >= start.day else months - 1
