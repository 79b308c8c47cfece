"""Late injections, and storage."""

from datetime import date, timedelta

from knowledge.formulary.lines import FormularyLine, line, section, sections
from knowledge.schedule.injections import NoWindow, injection_rules

LATE, WINDOW, STORAGE = "late", "window", "storage"


def after_days(product: str, days: int) -> FormularyLine:
    """What the late table says so many days after a maintenance injection."""
    rules = injection_rules().get(product)
    if rules is None:
        raise NoWindow(product)
    book = _book(product)
    if (book, LATE) in sections():
        rows = section(book, LATE).lines
        return next(row for row in rows if days <= row.get("last_day", days))
    missed = days > rules[-1].last_day
    return line(book, WINDOW, "missed" if missed else rules[-1].key)


def _book(product: str) -> str:
    """The book of the formulary that is about a product."""
    return next(
        s.book
        for s in sections().values()
        if s.key in (LATE, WINDOW)
        and product in {m for x in s.lines for m in x.medications}
    )


def syringe_until(received_on: date) -> date:
    """The last day for a syringe that a pharmacy delivered for a named person."""
    return received_on + timedelta(line("brixadi", STORAGE, "named").days("days"))


def sublocade_room_days(carton_days: int | None) -> int:
    """Days out of the refrigerator: what the carton says, or the careful default."""
    if carton_days is not None:
        return carton_days
    return line("sublocade", STORAGE, "room").days("days")


def is_kept_cold(product: str) -> bool:
    """Whether the product is kept in a refrigerator."""
    return any(
        row.key == "cold" and product in row.medications
        for s in sections().values()
        if s.key == STORAGE
        for row in s.lines
    )
