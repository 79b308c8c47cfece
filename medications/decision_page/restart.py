"""Restart after missed doses: today's dose by what was taken since. No Django."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from assessments.facts import NEVER
from assessments.picture import Picture
from knowledge.editions import Edition
from knowledge.formulary.buprenorphine import buprenorphine_after_missed
from knowledge.formulary.lines import FormularyLine, section
from knowledge.formulary.methadone import Missed, methadone_after_missed
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from medications.decision_page.phases import MISSED, missed
from medications.options.model import Basis, Options
from medications.rules.reading import FactReader
from medications.rules.under_way import TreatmentCourse, courses
from medications.rules.words import day

METHADONE, FILM = "MTD", "BUP_SL"
LATELY = timedelta(days=2)
# What stands before any number.
FIRST_OF = {
    Missed.HOLD: "Hold the dose: the prescriber decides.",
    Missed.SEEN: "The prescriber sees them before the dose.",
}
EARLY = "Still in the first two weeks: review as a new start."


@dataclass(frozen=True, slots=True)
class RestartRow:
    """What may have been taken since, and the dose of today that goes with it."""

    taken: str
    dose: str
    is_now: bool
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """The table of one medicine of which doses were missed; `first` comes before it."""

    medicine: str
    title: str
    last: str
    rows: tuple[RestartRow, ...]
    first: str
    most: str
    then: str
    line: FormularyLine | None
    basis: Basis | None
    is_verified: bool = True

    @property
    def turns(self) -> bool:
        """Whether the dose hangs on what was taken."""
        return len(self.rows) != 1


def restart(options: Options, picture: Picture, edition: Edition) -> Restart | None:
    """The medicine missed, methadone before others; None where its course is not known."""
    found = courses(FactReader(picture), edition)
    families = [medicines().parent_of(o.medication) for o in missed(options)]
    held = [found[f] for f in dict.fromkeys(families) if f in found]
    if not held:
        return None
    course = min(held, key=lambda c: c.family != METHADONE)
    basis = next(
        (a.basis for o in missed(options) for a in o.actions if a.rule == MISSED),
        None,
    )
    return _restart(course, picture, basis)


def _restart(course: TreatmentCourse, picture: Picture, basis: Basis | None) -> Restart:
    days = course.days_missed(picture.as_of)
    name = medicines()[course.form].name
    rows = _merged(tuple(_rows(course, days, picture)) if days and course.dose else ())
    most, then, line = _limits(course, days)
    first = _first(course, days, picture)
    is_daily = medicines()[course.form].is_daily
    title = (
        f"Restart after {days} missed days" if is_daily else "Restart: past its window"
    )
    return Restart(
        medicine=name,
        title=title,
        last=f"last {day(course.last)}" if course.last else "",
        rows=rows,
        first=first,
        most=most,
        then=then,
        line=line,
        basis=basis,
        is_verified=picture.value("mtd_verified") is not False,
    )


def _merged(rows: tuple[RestartRow, ...]) -> tuple[RestartRow, ...]:
    """One row where the dose is the same, whatever was taken."""
    if len({row.dose for row in rows}) != 1:
        return rows
    return (RestartRow("Whatever was taken since", rows[0].dose, is_now=False),)


def _rows(course: TreatmentCourse, days: int, picture: Picture) -> Iterator[RestartRow]:
    assert course.dose is not None  # noqa: S101 - asked by `_restart`
    if course.family == METHADONE:
        yield from _methadone_rows(course.dose, days, picture)
    elif course.family == FILM:
        yield from _film_rows(course.dose, days, picture)


def _methadone_rows(dose: Decimal, days: int, picture: Picture) -> Iterator[RestartRow]:
    """The lowest tolerance that fits counts: not known is none."""
    day_of = picture.value("mtd_day")
    daily, sedated = _used_daily(picture), _is_sedated(picture)

    def words(*, opioids: bool, careful: bool) -> str:
        found = methadone_after_missed(
            days=days,
            last_mg=dose,
            day_of_treatment=day_of if isinstance(day_of, int) else None,
            other_opioids=opioids,
            is_careful=careful,
        )
        least = f"{amount(found.least)} to " if found.least is not None else "up to "
        return f"{least}{amount(found.mg)} mg"

    yield RestartRow(
        "None, some days, or not known",
        words(opioids=False, careful=sedated is not False),
        daily is not True,
        daily is None,
    )
    yield RestartRow(
        "Opioids daily",
        words(opioids=True, careful=False),
        daily is True and sedated is False,
    )
    yield RestartRow(
        "Opioids daily and sedatives",
        words(opioids=True, careful=True),
        daily is True and sedated is not False,
        daily is True and sedated is None,
    )


def _film_rows(dose: Decimal, days: int, picture: Picture) -> Iterator[RestartRow]:
    used = _used_daily(picture)
    for taken, full in (("None", False), ("Any opioid", True), ("Not known", None)):
        found = buprenorphine_after_missed(days=days, last_mg=dose, full_agonist=full)
        doses = " or ".join(f"{amount(mg)} mg" for mg in dict.fromkeys(found.mg))
        yield RestartRow(taken, doses or found.line.text, used is full, used is None)


def _used_daily(picture: Picture) -> bool | None:
    """Opioids within the past two days; None where nobody asked today."""
    known = [
        k
        for fact in ("last_short_acting_dt", "last_fentanyl_dt")
        if (k := picture.known(fact)) and picture.day_of(k.as_of) == picture.today
    ]
    if not known:
        return None
    moments = [k.value for k in known if isinstance(k.value, datetime)]
    return any(
        moment != NEVER and picture.as_of - moment <= LATELY for moment in moments
    )


def _is_sedated(picture: Picture) -> bool | None:
    sedatives, alcohol = picture.value("sedatives"), picture.value("alcohol")
    if sedatives or alcohol == "active":
        return True
    return None if sedatives is None else False


def _first(course: TreatmentCourse, days: int, picture: Picture) -> str:
    """Who looks before a dose of methadone, by the days missed."""
    if course.family != METHADONE or course.dose is None or not days:
        return ""
    day_of = picture.value("mtd_day")
    found = methadone_after_missed(
        days=days,
        last_mg=course.dose,
        day_of_treatment=day_of if isinstance(day_of, int) else None,
    )
    told = (FIRST_OF.get(found.step, ""), EARLY if found.review else "")
    return " ".join(words for words in told if words)


def _limits(
    course: TreatmentCourse, days: int
) -> tuple[str, str, FormularyLine | None]:
    """What it may never be above, and the way back."""
    if course.family != METHADONE or course.dose is None or not days:
        return "", "", None
    found = methadone_after_missed(days=days, last_mg=course.dose)
    back = section("methadone", "missed").line("back")
    percent = found.line.get("percent", 0)
    share = course.dose * Decimal(percent) / 100 if percent else course.dose
    most = f"Never above {amount(share)} mg: last was {amount(course.dose)} mg."
    return (
        most,
        f"Then {amount(back.amount('mg'))} mg more a day, once tolerated.",
        found.line,
    )
