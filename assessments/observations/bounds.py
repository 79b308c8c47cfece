"""Comparisons with a number that may be a bound, such as >60. No Django."""

from decimal import Decimal

from assessments.observations.kinds import ObservationKind
from assessments.observations.numbers import Comparator

FLAGGED = {"H": "high", "HH": "high", "L": "low", "LL": "low"}


def is_below(value: Decimal, sign: str, bound: Decimal) -> bool:
    """Whether it is certainly below: "<3.0" is below 3.0, ">2" may be anything."""
    if sign in (Comparator.ABOVE, Comparator.AT_LEAST):
        return False
    return value < bound or (sign == Comparator.BELOW and value == bound)


def is_above(value: Decimal, sign: str, bound: Decimal) -> bool:
    if sign in (Comparator.BELOW, Comparator.AT_MOST):
        return False
    return value > bound or (sign == Comparator.ABOVE and value == bound)


def is_at_least(value: Decimal, sign: str, bound: Decimal) -> bool:
    is_bound_from_above = sign in (Comparator.BELOW, Comparator.AT_MOST)
    return value >= bound and not is_bound_from_above


def side_of(
    value: Decimal | None,
    sign: str,
    limits: tuple[Decimal | None, Decimal | None],
    flag: str,
) -> str:
    """`low` or `high` by the laboratory's limits, else by its flag; else empty."""
    low, high = limits
    if value is not None and low is not None and is_below(value, sign, low):
        return "low"
    if value is not None and high is not None and is_above(value, sign, high):
        return "high"
    return FLAGGED.get(flag, "")


def taken_as(measure: ObservationKind, value: Decimal, sign: str) -> Decimal:
    """The number that a rule takes for a result: behind a sign its bound, and where the
    sign points to the graver side the next number past it, so that "<50" is below 50."""
    points_to = {Comparator.BELOW: "low", Comparator.ABOVE: "high"}
    if not sign or points_to.get(Comparator(sign)) != measure.worse:
        return value
    return value - measure.step if measure.worse == "low" else value + measure.step
