"""Facts that follow from several answers together. No Django."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

# A year of twelve months as days, for how long a treatment was kept.
DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12
# What was asked of each earlier medicine: tried, months, highest dose, doses, helped.
TRIALS = {
    "BUP_SL": ("bup_exposure", "bup_months", "bup_highest", "", "bup_helped"),
    "MTD": ("mtd_tried", "mtd_months", "mtd_highest", "", "mtd_helped"),
    "NTX_XR": ("ntx_tried", "", "", "ntx_doses", "ntx_helped"),
}
# Where the first answer is this value, the second fact follows from its meaning.
FOLLOWS: tuple[tuple[str, object, str, object], ...] = (
    ("bup_exposure", False, "history_pw", "no"),
    ("mtd_dose", 0, "mtd_day", 0),
    ("mtd_dose", 0, "mtd_dose_change_dt", "never"),
)
ASKED = frozenset(
    name for parts in TRIALS.values() for name in parts if name
) | frozenset(first for first, *_ in FOLLOWS)


class Answered(NamedTuple):
    """A known answer and when it was given."""

    value: object
    at: datetime


def follows(answers: Mapping[str, Answered]) -> Iterator[tuple[str, object, datetime]]:
    """Facts with their values, each as old as the newest answer it rests on."""
    for first, value, fact, raw in FOLLOWS:
        answer = answers.get(first)
        if answer and answer.value == value and fact not in answers:
            yield fact, raw, answer.at
    yield from _history(answers)


def _history(
    answers: Mapping[str, Answered],
) -> Iterator[tuple[str, object, datetime]]:
    """Known once any treatment was tried, or none of all that were asked."""
    tried = {m: answers[parts[0]] for m, parts in TRIALS.items() if parts[0] in answers}
    yes = [m for m, answer in tried.items() if answer.value is True]
    if not yes and len(tried) < len(TRIALS):
        return
    told_at = max(a.at for name, a in answers.items() if name in ASKED)
    yield "history", [_trial(m, answers) for m in yes], told_at


def _trial(medication: str, answers: Mapping[str, Answered]) -> dict[str, object]:
    _, months, dose, doses, helped = TRIALS[medication]
    parts = {
        "days": _days(_of(months, answers)),
        "dose": _of(dose, answers),
        "doses": _of(doses, answers),
        "helpful": _yes_no(_of(helped, answers)),
    }
    known = {name: value for name, value in parts.items() if value is not None}
    return {"medication": medication, **known}


def _of(name: str, answers: Mapping[str, Answered]) -> object:
    answer = answers.get(name) if name else None
    return answer.value if answer else None


def _days(months: object) -> int | None:
    if not isinstance(months, int | float):
        return None
    return round(months * DAYS_A_YEAR / MONTHS_A_YEAR)


def _yes_no(value: object) -> str | None:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else None
