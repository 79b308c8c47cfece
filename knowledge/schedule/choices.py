"""Numbers of the schedule that a clinic may choose, each by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.medicines import medicines
from knowledge.numbers import Number, Permitted
from knowledge.schedule.alerts import OF_CLINIC, alert_rules
from knowledge.schedule.injections import injection_rules
from knowledge.schedule.messages import messages
from knowledge.schedule.steps import plan_steps, program_steps
from knowledge.schedule.urgency import order_of_danger


@dataclass(frozen=True, slots=True)
class ScheduleChoice:
    """A number of days as it ships, and which others a clinic may have."""

    name: str
    meaning: str
    days: int
    permitted: Permitted
    unit: str = "days"


def injection_choice_name(product: str, rule: str) -> str:
    """Under which name a clinic chooses the due day of this injection."""
    return f"{product}_{rule}"


@cache
def plan_choices() -> Mapping[str, ScheduleChoice]:
    """Those of the promises of a plan."""
    return _choices({**plan_steps().numbers, **program_steps().numbers})


@cache
def urgency_choices() -> Mapping[str, ScheduleChoice]:
    """Those of the order of danger."""
    return _choices(order_of_danger().numbers)


@cache
def message_choices() -> Mapping[str, ScheduleChoice]:
    """Those of the messages to people in care."""
    return _choices(messages().numbers)


@cache
def alert_choices() -> Mapping[str, ScheduleChoice]:
    """Those of an alert's climb that are no setting of the clinic's duty."""
    numbers = alert_rules().numbers
    return _choices({key: one for key, one in numbers.items() if key not in OF_CLINIC})


def _choices(numbers: Mapping[str, Number]) -> Mapping[str, ScheduleChoice]:
    return {
        name: ScheduleChoice(name, one.meaning, one.days, one.permitted, one.unit)
        for name, one in numbers.items()
        if one.permitted is not None
    }


@cache
def injection_choices() -> Mapping[str, ScheduleChoice]:
    """The days on which an injection is due within its window."""
    found = {}
    for product, rules in injection_rules().items():
        for rule in rules:
            if rule.due_permitted is not None:
                name = injection_choice_name(product, rule.key)
                meaning = (
                    f"{medicines()[product].name}: day of the {rule.key} injection"
                )
                found[name] = ScheduleChoice(
                    name, meaning, rule.due_day, rule.due_permitted
                )
    return found
