"""Directions: which way a fact gets worse, where that is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped

type Told = object


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Directions(Cited):
    """Facts by the way in which they get worse."""

    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes_is_worse: tuple[str, ...] = ()
    no_is_worse: tuple[str, ...] = ()
    more_is_worse: tuple[str, ...] = ()
    higher_is_worse: tuple[str, ...] = ()
    lower_is_worse: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact with a direction."""
        return (
            *self.steps,
            *self.yes_is_worse,
            *self.no_is_worse,
            *self.more_is_worse,
            *self.higher_is_worse,
            *self.lower_is_worse,
        )


@cache
def directions() -> Directions:
    table = shipped()["directions"]
    raw = {**table["about"], **table["ways"], "steps": table["steps"]}
    return shaped(Directions, raw, "directions")


def worsening(fact: str, before: Told, now: Told) -> int:
    """1 where it got worse, -1 where it got better, 0 where neither is declared."""
    known = directions()
    if isinstance(before, frozenset) and isinstance(now, frozenset):
        return _of_lists(before, now) if fact in known.more_is_worse else 0
    if fact in known.steps:
        return _of_steps(known.steps[fact], str(before), str(now))
    way = 1 if fact in (*known.yes_is_worse, *known.higher_is_worse) else 0
    way = way or (-1 if fact in (*known.no_is_worse, *known.lower_is_worse) else 0)
    was, is_now = _number(before), _number(now)
    if was is None or is_now is None:
        return 0
    return way * _sign(is_now - was)


def _of_lists(before: frozenset[str], now: frozenset[str]) -> int:
    if now - before:
        return 1
    return -1 if before - now else 0


def _of_steps(steps: tuple[str, ...], before: str, now: str) -> int:
    if before not in steps or now not in steps:
        return 0
    return _sign(Decimal(steps.index(now) - steps.index(before)))


def _number(value: Told) -> Decimal | None:
    """A number, a yes or a no; None for words."""
    if isinstance(value, int | Decimal):
        return Decimal(int(value)) if isinstance(value, bool) else Decimal(value)
    return None


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)
