"""Values of facts on the clinic's clock."""

from datetime import date, datetime

from django.utils import timezone

from assessments.facts import FACTS, NEVER, Value
from knowledge.wording.facts import value_words


def shown_value(name: str, value: Value, today: date | None = None) -> str:
    """A fact's value in words, with its unit; a moment in the time of the clinic."""
    if isinstance(value, datetime) and value != NEVER:
        value = timezone.localtime(value)
    return value_words(value, unit=FACTS[name].unit, today=today)
