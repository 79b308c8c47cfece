"""Buprenorphine: equivalences, missed days and large doses."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge.formulary.lines import FormularyLine, FormularySection, section

BOOK, DEPOT = "buprenorphine", "brixadi"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The row of a table for a dose; without one, the rows on either side."""

    row: FormularyLine | None
    below: FormularyLine | None = None
    above: FormularyLine | None = None

    @property
    def neighbours(self) -> tuple[FormularyLine, ...]:
        return tuple(line for line in (self.below, self.above) if line)


class BuprenorphineMissed(StrEnum):
    """What follows from missed days of daily buprenorphine."""

    ASK = "ask"
    USUAL = "usual"
    LOWER = "lower"
    NEW_START = "new_start"


@dataclass(frozen=True, slots=True)
class AfterMissedBuprenorphine:
    """A step; `mg` are the doses that the table names for it."""

    step: BuprenorphineMissed
    mg: tuple[Decimal, ...]
    line: FormularyLine


class NoBuprenorphineMissed(ValueError):
    """No day was missed, so that there is nothing to propose."""


def zubsolv_for(film_mg: Decimal) -> Equivalent:
    """The Zubsolv tablet for a film or tablet dose that the table holds."""
    return _found(section(BOOK, "equivalence"), film_mg, ("film_mg", "film_mg"))


def brixadi_from(daily_mg: Decimal) -> Equivalent:
    """The depot doses for a daily dose; between two rows there is no answer."""
    return _found(section(DEPOT, "from_daily"), daily_mg, ("low", "high"))


def _found(table: FormularySection, mg: Decimal, ends: tuple[str, str]) -> Equivalent:
    low, high = ends
    below = [row for row in table.lines if row.amount(high) < mg]
    above = [row for row in table.lines if row.amount(low) > mg]
    held = [row for row in table.lines if row not in (*below, *above)]
    if held and mg > 0:
        return Equivalent(held[0])
    return Equivalent(None, below[-1] if below else None, above[0] if above else None)


def brixadi_monthly_for(weekly_mg: int) -> int | None:
    """The monthly dose that goes with a weekly one; none goes with the smallest."""
    return _pairs().get(weekly_mg)


def brixadi_weekly_for(monthly_mg: int) -> int | None:
    """The weekly dose that goes with a monthly one."""
    return {monthly: weekly for weekly, monthly in _pairs().items()}.get(monthly_mg)


def _pairs() -> dict[int, int]:
    rows = section(DEPOT, "from_daily").lines
    return {row["weekly"]: row["monthly"] for row in rows if row.get("monthly")}


def is_brixadi_dose(product: str, mg: int) -> bool:
    """Whether there is such a syringe of the weekly or the monthly product."""
    rows = section(DEPOT, "products").lines
    return any(
        mg in row["mg"]
        for row in rows
        if row.medications == (product,) and row.get("mg")
    )


def buprenorphine_after_missed(
    *, days: int, last_mg: Decimal, full_agonist: bool | None
) -> AfterMissedBuprenorphine:
    """What follows from days missed in a row; not knowing of other opioids asks."""
    if days < 1:
        raise NoBuprenorphineMissed(f"{days} days missed")
    step = _step(days, full_agonist=full_agonist)
    row = section(BOOK, "missed").line(step.value)
    return AfterMissedBuprenorphine(step, tuple(_doses(step, row, last_mg)), row)


def _step(days: int, *, full_agonist: bool | None) -> BuprenorphineMissed:
    rows = section(BOOK, "missed")
    if full_agonist or days >= rows.line("new_start").days("first_day"):
        return BuprenorphineMissed.NEW_START
    if full_agonist is None:
        return BuprenorphineMissed.ASK
    usual = days <= rows.line("usual").days("last_day")
    return BuprenorphineMissed.USUAL if usual else BuprenorphineMissed.LOWER


def _doses(
    step: BuprenorphineMissed, row: FormularyLine, last_mg: Decimal
) -> Iterator[Decimal]:
    if step is BuprenorphineMissed.USUAL:
        yield last_mg
    if step is BuprenorphineMissed.LOWER:
        yield last_mg * row.amount("percent") / 100
        # A "lower" dose that is none for a person on little is not proposed.
        if row.amount("mg") < last_mg:
            yield row.amount("mg")


def dose_prompts(mg_per_day: Decimal) -> tuple[FormularyLine, ...]:
    """What a large dose asks for: a reason, then a confirmation; never a stop."""
    rows = section(BOOK, "dose")
    asked = (rows.line("document"), rows.line("confirm"))
    return tuple(line for line in asked if mg_per_day > line.amount("above"))
