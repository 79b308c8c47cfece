"""Windows of the next injection of each product, from the last one given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from knowledge.cited import Cited
from knowledge.months import months_later
from knowledge.numbers import Permitted
from knowledge.tables import shaped, shipped


class NoWindow(LookupError):
    """The product is no injection with a window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InjectionRule(Cited):
    """From which day after the last injection the next is given, is due, and how long."""

    key: str
    reason: str
    first_day: int
    due_day: int
    last_day: int = 0
    months: int = 0
    remind_day: int = 0
    after: int = 0
    due_permitted: Permitted | None = None

    def after_injection(self, given_on: date) -> "InjectionWindow":
        return InjectionWindow(
            self,
            earliest=given_on + timedelta(self.first_day),
            due=given_on + timedelta(self.due_day),
            latest=self._latest(given_on),
            remind_on=given_on + timedelta(self.remind_day)
            if self.remind_day
            else None,
        )

    def _latest(self, given_on: date) -> date:
        if self.months:
            return months_later(given_on, self.months)
        return given_on + timedelta(self.last_day)

    @property
    def numbers(self) -> Mapping[str, int]:
        """What a line of the formulary can name."""
        return {
            "first_day": self.first_day,
            "due_days": self.due_day,
            "last_day": self.last_day,
            "months": self.months,
            "early": self.due_day - self.first_day,
            "late": self.last_day - self.due_day,
        }


@dataclass(frozen=True, slots=True)
class InjectionWindow:
    """The allowed days of one injection, and the day on which to remind of it."""

    rule: InjectionRule
    earliest: date
    due: date
    latest: date
    remind_on: date | None


@cache
def injection_rules() -> Mapping[str, tuple[InjectionRule, ...]]:
    """The windows of each product."""
    table = shipped()["schedule"]["injections"]
    return shaped(dict[str, tuple[InjectionRule, ...]], table, "schedule/injections")


def injection_rule(product: str, key: str) -> InjectionRule:
    """One window by its key; refuses a name that is not kept."""
    for rule in injection_rules().get(product, ()):
        if rule.key == key:
            return rule
    raise NoWindow(f"{product}: {key}")


def injection_window(product: str, given: tuple[date, ...]) -> InjectionWindow:
    """The window after the injections given; refuses what is no injection."""
    rules = injection_rules().get(product, ())
    number = len(given)
    for rule in rules:
        if rule.after in (0, number):
            return rule.after_injection(given[-1])
    raise NoWindow(product)
