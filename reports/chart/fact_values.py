"""Values of facts in words."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from assessments.facts import FACTS, NEVER, NEVER_ON, Trial, Value
from knowledge.medicines import medicines
from reports.words import amount


def shown_value(name: str, value: Value) -> str:
    """A fact's value as a clinician reads it, with its unit."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return f"{amount(Decimal(value))} {FACTS[name].unit}".strip()
    if isinstance(value, datetime | date):
        return _moment(value)
    if isinstance(value, frozenset | tuple):
        return _several(value)
    return value.replace("_", " ")


def _moment(value: datetime | date) -> str:
    if value in (NEVER, NEVER_ON):
        return "Never"
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
    return f"{value:%a} {value.day} {value:%b %Y}"


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
