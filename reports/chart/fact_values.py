"""Values of facts on the clinic's clock."""

from datetime import date, datetime

from django.utils import timezone

from assessments.facts import FACTS, NEVER, Value
from knowledge.names import is_ingredient
from knowledge.wording.facts import value_words

NOT_RECOGNISED = "not recognised"


def shown_value(name: str, value: Value, today: date | None = None) -> str:
    """A fact's value in words, with its unit; a moment in the time of the clinic."""
    if isinstance(value, datetime) and value != NEVER:
        value = timezone.localtime(value)
    if isinstance(value, frozenset) and FACTS[name].reads:
        value = frozenset(map(with_what_is_known, value))
    return value_words(value, unit=FACTS[name].unit, today=today)


def with_what_is_known(entry: str) -> str:
    """An entry of a list, said to be not recognised where it is not."""
    return entry if is_ingredient(entry) else f"{entry} ({NOT_RECOGNISED})"
