"""When the next injection may be given, is due, and is late. Pure.

A window follows what was given, not what was planned: it is worked out anew after
each injection (reference D3, D4, J5).
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

FOUR_WEEKS = 28
REMIND_AFTER = 26


@dataclass(frozen=True, slots=True)
class Window:
    """The allowed days of one injection, with the source of each limit."""

    product: str
    earliest: date
    due: date
    latest: date
    reason: str
    cite: str
    verified: str
    remind_on: date | None = None


def injection_window(medication: str, given: tuple[date, ...]) -> Window | None:
    """The next injection after those given; None where the product sets no window."""
    rule = PRODUCTS.get(medication)
    return None if rule is None or not given else rule(given[-1], len(given))


def month_after(day: date) -> date:
    """The same day of the next month, or that month's last."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _after(last: date, days: int) -> date:
    return last + timedelta(days=days)


def _sublocade(last: date, number: int) -> Window:
    if number == 1:
        return Window(
            "Sublocade",
            _after(last, 7),
            _after(last, FOUR_WEEKS),
            month_after(last),
            "Second injection from 1 week to 1 month after the first.",
            "Sublocade label 02/2025",
            "[V 19]",
            _after(last, REMIND_AFTER),
        )
    return Window(
        "Sublocade",
        _after(last, 26),
        _after(last, FOUR_WEEKS),
        _after(last, 42),
        "Monthly, at least 26 days apart; up to 2 weeks late matters little.",
        "Sublocade dosing, D3",
        "[V 20][V* 111]; day 42 [P]",
        _after(last, REMIND_AFTER),
    )


def _brixadi_weekly(last: date, _: int) -> Window:
    return Window(
        "Brixadi weekly",
        _after(last, 5),
        _after(last, 7),
        _after(last, 9),
        "Every 7 days, up to 2 days early or late.",
        "Brixadi label 12/2023",
        "[V 18][V* 111]",
    )


def _brixadi_monthly(last: date, _: int) -> Window:
    return Window(
        "Brixadi monthly",
        _after(last, FOUR_WEEKS - 7),
        _after(last, FOUR_WEEKS),
        _after(last, FOUR_WEEKS + 7),
        "Every 28 days, up to 1 week early or late.",
        "Brixadi label 12/2023",
        "[V 18][V* 111]",
        _after(last, REMIND_AFTER),
    )


def _naltrexone(last: date, _: int) -> Window:
    return Window(
        "Naltrexone XR",
        _after(last, FOUR_WEEKS),
        _after(last, FOUR_WEEKS),
        _after(last, 35),
        "Every 4 weeks; after day 35 it is a new start. Tolerance is low at the end.",
        "Vivitrol label; late days D4",
        "[V 21]; day 35 [P]",
        _after(last, REMIND_AFTER),
    )


PRODUCTS: Mapping[str, Callable[[date, int], Window]] = {
    "SUBLOCADE": _sublocade,
    "BRIXADI_W": _brixadi_weekly,
    "BRIXADI_M": _brixadi_monthly,
    "NTX_XR": _naltrexone,
}
