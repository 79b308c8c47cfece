"""Methadone: the first day, missed and vomited doses."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge.formulary.lines import FormularyLine, section

BOOK = "methadone"


class NothingMissed(ValueError):
    """No day was missed, so that there is nothing to propose."""


class Missed(StrEnum):
    """What the table of missed days proposes."""

    USUAL = "usual"
    USUAL_AFTER_CHECK = "usual_after_check"
    HOLD = "hold"
    SEEN = "seen"
    NEW_START = "new_start"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class AfterMissed:
    """A proposal: `mg` at most, `least` where it is a range.

    Never above the last dose, and never more for more days missed.
    """

    step: Missed
    mg: Decimal
    line: FormularyLine
    least: Decimal | None = None
    review: FormularyLine | None = None


class Again(StrEnum):
    """How much of a vomited dose may be given again."""

    FULL = "full"
    HALF = "half"
    NONE = "none"
    PRESCRIBER = "pregnant"


@dataclass(frozen=True, slots=True)
class AfterVomiting:
    again: Again
    line: FormularyLine


def day_one_reasons(
    *, first_mg: Decimal, total_mg: Decimal | None = None
) -> tuple[FormularyLine, ...]:
    """Each limit of day 1 that is passed, and so asks for a written reason.

    No limit stops: the regulation itself allows more than its limit with a reason.
    """
    total = first_mg if total_mg is None else total_mg
    return tuple(_passed(first_mg, total))


def _passed(first_mg: Decimal, total_mg: Decimal) -> Iterator[FormularyLine]:
    limits = section(BOOK, "first_day")
    amounts = {
        "first_dose": first_mg,
        "label_total": total_mg,
        "regulation_total": total_mg,
    }
    for key, mg in amounts.items():
        limit = limits.line(key)
        if mg > limit.amount("above"):
            yield limit


def methadone_after_missed(
    *,
    days: int,
    last_mg: Decimal,
    day_of_treatment: int | None = None,
    other_opioids: bool = False,
    is_careful: bool = False,
) -> AfterMissed:
    """What the default table proposes after so many days missed in a row.

    `other_opioids`: taken daily meanwhile, so that tolerance was kept. `is_careful`:
    sedatives, 65 or older, lung or liver disease.
    """
    if days < 1:
        raise NothingMissed(f"{days} days missed")
    row = next(line for line in _table() if days <= line.get("last_day", days))
    if row.key == Missed.LOST and other_opioids:
        row = section(BOOK, "missed").line(Missed.NEW_START.value)
    return AfterMissed(
        step=Missed(row.key),
        mg=_proposed(row, last_mg, is_careful=is_careful),
        line=row,
        least=row.amount("least") if row.get("least") else None,
        review=_early(days, day_of_treatment),
    )


def _table() -> Iterator[FormularyLine]:
    rows = section(BOOK, "missed")
    return (rows.line(step.value) for step in Missed)


def _proposed(row: FormularyLine, last_mg: Decimal, *, is_careful: bool) -> Decimal:
    """The share of the last dose, and never more than the row allows."""
    share = last_mg * Decimal(row.get("percent", 100)) / 100
    most = row.get("careful" if is_careful else "most", row.get("most", share))
    return min(share, Decimal(most))


def _early(days: int, day_of_treatment: int | None) -> FormularyLine | None:
    """Early in treatment a short gap is looked at like a new start."""
    early = section(BOOK, "missed").line("early")
    is_early = day_of_treatment is not None and day_of_treatment <= early.days("days")
    return early if is_early and days >= early.days("missed") else None


def vomited(*, minutes: int, was_seen: bool, pregnant: bool | None) -> AfterVomiting:
    """How much may be given again; not knowing about a pregnancy is no "no"."""
    rows = section(BOOK, "vomited")
    if not was_seen:
        return AfterVomiting(Again.NONE, rows.line("unseen"))
    if pregnant is not False:
        return AfterVomiting(Again.PRESCRIBER, rows.line("pregnant"))
    if minutes < rows.line("full").days("below"):
        return AfterVomiting(Again.FULL, rows.line("full"))
    again = (
        Again.NONE if minutes > rows.line("half").days("last_minute") else Again.HALF
    )
    return AfterVomiting(again, rows.line(again.value))


def too_little(mg: Decimal, *, ongoing_use: bool) -> FormularyLine | None:
    """The question that a small dose with ongoing use raises."""
    asked = section(BOOK, "steps").line("too_little")
    return asked if ongoing_use and mg < asked.amount("below") else None


def dose_in_words(mg: Decimal, *, product: str) -> str:
    """A liquid dose in mg, and in mL only together with its concentration."""
    strength = section(BOOK, "products").line(product).amount("mg_per_ml")
    volume = (mg / strength).quantize(Decimal("0.01")).normalize()
    return f"{mg.normalize():f} mg ({volume:f} mL of {strength:f} mg/mL)"
