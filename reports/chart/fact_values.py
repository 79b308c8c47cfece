"""Values of facts in words."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from assessments.facts import FACTS, NEVER, NEVER_ON, Trial, Value
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from knowledge.wording.dates import day_named, moment_named


def shown_value(name: str, value: Value, today: date | None = None) -> str:
    """A fact's value as a clinician reads it, with its unit; days of another year than
    today's, or all where that is not told, with their year."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return f"{amount(Decimal(value))} {FACTS[name].unit}".strip()
    if isinstance(value, datetime | date):
        return _moment(value, today)
    if isinstance(value, frozenset | tuple):
        return _several(value)
    return value.replace("_", " ")


def _moment(value: datetime | date, today: date | None) -> str:
    if value in (NEVER, NEVER_ON):
        return "Never"
    if isinstance(value, datetime):
        return moment_named(timezone.localtime(value), today)
    return day_named(value, today)


def _several(values: frozenset[str] | tuple[Trial, ...]) -> str:
    words = sorted(
        _trial(v) if isinstance(v, Trial) else v.replace("_", " ") for v in values
    )
    return "; ".join(words) if words else "None"


HELPED = {True: "helped", False: "did not help", None: "not said whether it helped"}


def _trial(trial: Trial) -> str:
    """An earlier treatment in words: what, how much, how long, whether it helped."""
    parts = [
        medicines().titles.get(trial.medication, trial.medication),
        f"{amount(trial.dose)} mg" if trial.dose else "",
        f"{amount(trial.days)} days" if trial.days else "",
        f"{trial.doses} injections" if trial.doses else "",
        HELPED[trial.helpful],
    ]
    return ", ".join(filter(None, parts))
