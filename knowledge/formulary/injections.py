"""Injections: when the next one is due, late ones, and storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.formulary.lines import Line, line, section
from knowledge.months import months_later

LATE_BOOKS: Mapping[str, str] = {"SUBLOCADE": "sublocade", "NTX_XR": "naltrexone"}
BRIXADI: Mapping[str, str] = {"BRIXADI_W": "weekly", "BRIXADI_M": "monthly"}


class NoWindow(LookupError):
    """The product is no injection with a window."""


@dataclass(frozen=True, slots=True)
class Window:
    """From which day the next injection is given, when it is due, and until when."""

    earliest: date
    due: date
    latest: date
    line: Line


def injection_window(product: str, given_on: date, *, dose_number: int = 0) -> Window:
    """The window after an injection.

    `dose_number` is that of the injection given; only after the first Sublocade
    dose does it matter.
    """
    if product in BRIXADI:
        return _brixadi(line("brixadi", "window", BRIXADI[product]), given_on)
    if product == "SUBLOCADE" and dose_number == 1:
        return _second_sublocade(given_on)
    if product == "SUBLOCADE":
        return _by_days(line("sublocade", "start", "later"), "SUBLOCADE", given_on)
    if product == "NTX_XR":
        return _by_days(line("naltrexone", "injection", "dose"), "NTX_XR", given_on)
    raise NoWindow(product)


def _brixadi(row: Line, given_on: date) -> Window:
    due = given_on + timedelta(row.days("due_days"))
    early, late = timedelta(row.days("early")), timedelta(row.days("late"))
    return Window(due - early, due, due + late, row)


def _second_sublocade(given_on: date) -> Window:
    row = line("sublocade", "start", "second")
    latest = months_later(given_on, row.days("months"))
    return Window(given_on + timedelta(row.days("from_days")), latest, latest, row)


def _by_days(row: Line, product: str, given_on: date) -> Window:
    """Due by its row; the days on which it is given without more by the late table."""
    give = section(LATE_BOOKS[product], "late").line("give")
    return Window(
        given_on + timedelta(give.days("first_day")),
        given_on + timedelta(row.days("due_days")),
        given_on + timedelta(give.days("last_day")),
        row,
    )


def after_days(product: str, days: int) -> Line:
    """What the late table says so many days after a maintenance injection."""
    if product in BRIXADI:
        return _brixadi_after(BRIXADI[product], days)
    if product not in LATE_BOOKS:
        raise NoWindow(product)
    rows = section(LATE_BOOKS[product], "late").lines
    return next(row for row in rows if days <= row.get("last_day", days))


def _brixadi_after(key: str, days: int) -> Line:
    """In or before its window the window; later, as soon as practical."""
    row = line("brixadi", "window", key)
    is_late = days > row.days("due_days") + row.days("late")
    return line("brixadi", "window", "missed") if is_late else row


def syringe_until(received_on: date) -> date:
    """The last day for a syringe that a pharmacy delivered for a named person."""
    return received_on + timedelta(line("brixadi", "storage", "named").days("days"))


def sublocade_room_days(carton_days: int | None) -> int:
    """Days out of the refrigerator: what the carton says, or the careful default."""
    if carton_days is not None:
        return carton_days
    return line("sublocade", "storage", "room").days("days")


def is_kept_cold(product: str) -> bool:
    """Whether the product is kept in a refrigerator."""
    book = LATE_BOOKS.get(product)
    return book is not None and any(
        row.key == "cold" for row in section(book, "storage").lines
    )
