"""Look at one result: is it one of those that cannot wait. No Django."""

from collections.abc import Callable
from decimal import Decimal

from assessments.observations.bounds import is_above, is_at_least, is_below
from assessments.observations.kinds import BY_CODE
from assessments.observations.reading import LabResult
from knowledge.conditions import Facts, all_hold
from knowledge.urgent_results import UrgentResult, urgent_results

UPPER_LIMIT = "uln"


def urgent_in(
    result: LabResult, *, days_old: int, known: Callable[[], Facts]
) -> UrgentResult | None:
    """The first that holds. `known` tells what was known before; it is asked only where
    the result itself would do."""
    return next(
        (
            one
            for one in urgent_results().values()
            if _counts(one, result, days_old)
            and _is_beyond(one, result, known)
            and (not one.only or all_hold(one.only, known()) is True)
        ),
        None,
    )


def _counts(one: UrgentResult, result: LabResult, days_old: int) -> bool:
    """Whether it is about such a result, and that is not too old to be urgent."""
    is_recent = one.counts_days is None or days_old <= one.counts_days
    return result.code in one.codes and is_recent


def _is_beyond(
    one: UrgentResult, result: LabResult, known: Callable[[], Facts]
) -> bool:
    if one.word:
        return result.text == one.word
    value, sign = result.value, result.comparator
    if value is None:
        return False
    if one.times_upper is not None:
        upper = _upper(one.times_upper, result, known)
        return upper is not None and is_above(value, sign, one.times_upper * upper)
    return any(
        bound is not None and holds(value, sign, bound)
        for bound, holds in (
            (one.at_least, is_at_least),
            (one.above, is_above),
            (one.below, is_below),
        )
    )


def _upper(
    times: Decimal, result: LabResult, known: Callable[[], Facts]
) -> Decimal | None:
    """The laboratory's upper limit, else the one on record. Nobody is asked about a
    value that is below the multiple of every limit that there is."""
    if result.high_limit is not None:
        return result.high_limit
    usual = BY_CODE[UPPER_LIMIT].usual
    if (
        usual is not None
        and result.value is not None
        and result.value <= times * usual[0]
    ):
        return None
    upper = known().value(UPPER_LIMIT)
    return upper if isinstance(upper, Decimal) else None
