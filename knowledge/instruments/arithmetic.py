"""Sums that never take an unanswered item for zero."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor

from knowledge.instruments.declaration import (
    Band,
    Number,
    Outcome,
    Status,
    Values,
)


def answered(values: Values, keys: Iterable[str]) -> list[int]:
    """The answers that are there."""
    return [value for key in keys if (value := values.get(key)) is not None]


def total(values: Values, keys: Sequence[str]) -> int | None:
    """The sum, or None while any item is unanswered."""
    there = answered(values, keys)
    return sum(there) if len(there) == len(keys) else None


def half_up(value: Fraction) -> int:
    """To the nearest whole number, halves upward."""
    return floor(value + Fraction(1, 2))


def prorated(values: Values, keys: Sequence[str], *, may_miss: int) -> int | None:
    """The mean of the answered items over all of them, if few enough are missing."""
    there = answered(values, keys)
    if len(keys) - len(there) > may_miss:
        return None
    return half_up(Fraction(sum(there) * len(keys), len(there)))


def bounds(values: Values, limits: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """The least and the greatest sum that the unanswered items still allow."""
    least = greatest = 0
    for key, (low, high) in limits.items():
        value = values.get(key)
        least += low if value is None else value
        greatest += high if value is None else value
    return least, greatest


def band_of(bands: Sequence[Band], score: Number | None) -> str | None:
    """The name of the band a total falls in; no total or no bands, no name."""
    if score is None:
        return None
    names = [band.name for band in bands if score >= band.lowest]
    return names[-1] if names else None


def outcome(
    score: Number | None, bands: Sequence[Band], flags: tuple[str, ...] = ()
) -> Outcome:
    """Total and band together, or neither."""
    status = Status.INCOMPLETE if score is None else Status.COMPLETE
    return Outcome(status, score, band_of(bands, score), {}, flags)
