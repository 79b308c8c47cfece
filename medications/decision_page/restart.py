"""Restart after missed doses: today's dose by what was taken since. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from assessments.facts import NEVER, Value
from assessments.picture import Picture
from knowledge.editions import Edition
from knowledge.formulary.buprenorphine import (
    BuprenorphineMissed,
    buprenorphine_after_missed,
)
from knowledge.formulary.lines import FormularyLine, section
from knowledge.formulary.methadone import Missed, methadone_after_missed
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from medications.decision_page.columns import DecisionColumn
from medications.decision_page.comes_first import ComesFirst, comes_first
from medications.decision_page.phases import MISSED, missed
from medications.decision_page.verdicts import (
    AFTER_SMALL_DOSES,
    FIRST,
    HOLD,
    TRANSITION,
)
from medications.options.evaluate import evaluate
from medications.options.headline import LOOKS
from medications.options.model import Basis, Option, Options
from medications.rules.missed import is_frail, used_daily
from medications.rules.reading import FactReader
from medications.rules.under_way import TreatmentCourse, courses
from medications.rules.words import day

# What is said before any amount.
GOES_BEFORE = frozenset([HOLD, TRANSITION])
METHADONE, FILM, DEPOT = "MTD", "BUP_SL", "BUP_XR"
NONE_SINCE = "None, some days, or not known"
SCORE_FIRST = ". Any opioid since: score first"
# What stands before any number.
FIRST_OF = {
    Missed.HOLD: "Hold the dose: the prescriber decides.",
    Missed.SEEN: "The prescriber sees them before the dose.",
}
EARLY = "Still in the first two weeks: review as a new start."


@dataclass(frozen=True, slots=True)
class RestartRow:
    """What may have been taken since, and the doses of today that go with it.

    `dose` is of the medicine missed, `other` of buprenorphine beside methadone;
    `is_lost`: tolerance is lost, or nobody knows. `facts` is what the row says of this
    person, where nobody has asked yet; `if_none`: what would come first had nothing been
    taken, where nobody knows and it is not what comes first.
    """

    taken: str
    dose: str
    is_now: bool
    is_unknown: bool = False
    other: str = ""
    is_lost: bool = False
    first: ComesFirst | None = None
    if_none: ComesFirst | None = None
    facts: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """The table of one medicine of which doses were missed; `first` comes before it."""

    key: str
    medicine: str
    title: str
    last: str
    rows: tuple[RestartRow, ...]
    first: str
    most: str
    then: str
    lines: tuple[FormularyLine, ...]
    basis: Basis | None
    is_verified: bool = True

    @property
    def turns(self) -> bool:
        """Whether the dose hangs on what was taken."""
        return len(self.rows) != 1

    @property
    def is_compared(self) -> bool:
        """Whether buprenorphine stands beside it, and which of the two comes first."""
        return any(row.other for row in self.rows)

    @property
    def now(self) -> RestartRow | None:
        """The row that counts on what is known."""
        if not self.turns:
            return self.rows[0]
        return next((row for row in self.rows if row.is_now), None)


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
    table = _restart(course, picture, edition, basis)
    if any(a.rule == HOLD for o in missed(options) for a in o.before_first_dose):
        table = replace(table, first=FIRST[HOLD])
    rows = (_weighed(row, course.form, options, picture, edition) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _weighed(
    row: RestartRow,
    missed_one: str,
    options: Options,
    picture: Picture,
    edition: Edition,
) -> RestartRow:
    """A row with what is ruled out instead of its dose, and beside methadone with which
    of the two comes first, as the rules rank them: by what is known in the row that
    counts, else as if its answer had been given."""
    assumed = _as_in(row, options, picture)
    here = options if row.is_now else assumed
    row = replace(row, dose=_unless_ruled_out(here.option(missed_one), row.dose))
    if not row.other:
        return row
    first, had_none = comes_first(here, edition), comes_first(assumed, edition)
    is_open = row.is_unknown and row.is_lost and had_none.medicine != first.medicine
    return replace(
        row,
        other=_unless_ruled_out(here.option(FILM), row.other),
        first=first,
        if_none=had_none if is_open else None,
    )


def _unless_ruled_out(option: Option, dose: str) -> str:
    return LOOKS[option.standing].word if option.standing.ruled_out else dose


def _as_in(row: RestartRow, options: Options, picture: Picture) -> Options:
    """The options where the answer of a row is given; as they stand without one."""
    if not row.facts:
        return options
    for name, value in row.facts.items():
        picture = picture.holding(name, value)
    return evaluate(picture, policy=options.policy)


def _restart(
    course: TreatmentCourse, picture: Picture, edition: Edition, basis: Basis | None
) -> Restart:
    days = course.days_missed(picture.as_of)
    rows = tuple(_rows(course, days, picture, edition)) if days and course.dose else ()
    most, then, lines = _limits(course, days)
    is_daily = medicines()[course.form].is_daily
    title = (
        f"Restart after {days} missed days" if is_daily else "Restart: past its window"
    )
    return Restart(
        key=course.family,
        medicine=medicines()[course.form].name,
        title=title,
        last=f"last {day(course.last)}" if course.last else "",
        rows=_merged(rows),
        first=_first(course, days, picture),
        most=most,
        then=then,
        lines=lines,
        basis=basis,
        is_verified=picture.value("mtd_verified") is not False,
    )


def _merged(rows: tuple[RestartRow, ...]) -> tuple[RestartRow, ...]:
    """One row where the doses are the same, whatever was taken."""
    if len({(row.dose, row.other) for row in rows}) != 1:
        return rows
    whatever = "Whatever was taken since"
    return (RestartRow(whatever, rows[0].dose, is_now=False, other=rows[0].other),)


def _rows(
    course: TreatmentCourse, days: int, picture: Picture, edition: Edition
) -> Iterator[RestartRow]:
    assert course.dose is not None  # noqa: S101 - asked by `_restart`
    if course.family == METHADONE:
        yield from _methadone_rows(course, days, picture, edition)
    elif course.family == FILM:
        yield from _film_rows(course.dose, days, picture, edition)


def _methadone_rows(
    course: TreatmentCourse, days: int, picture: Picture, edition: Edition
) -> Iterator[RestartRow]:
    """The lowest tolerance that fits counts: not known is none."""
    daily, sedated = _used_daily(course, picture, edition), _is_sedated(picture)
    frail = is_frail(FactReader(picture), edition)
    is_lost = days >= edition.days("methadone_missed_low_days")
    last = course.last or picture.as_of
    this_morning = picture.as_of - timedelta(hours=int(edition["taken_today_hours"]))
    careful = frail or sedated is not False
    yield RestartRow(
        NONE_SINCE,
        _methadone(course, days, picture, is_careful=careful),
        daily is not True,
        daily is None,
        _buprenorphine(is_lost=is_lost),
        is_lost,
        facts={
            "last_short_acting_dt": last,
            "last_fentanyl_dt": last,
            "last_long_acting_dt": last,
        },
    )
    used: dict[str, Value] = {"last_short_acting_dt": this_morning}
    some: frozenset[str] = frozenset(["benzodiazepine"])
    for taken, is_with in (
        ("Opioids daily", False),
        ("Opioids daily and sedatives", True),
    ):
        careful = frail or is_with
        yield RestartRow(
            taken,
            _methadone(course, days, picture, is_used=True, is_careful=careful),
            daily is True and (sedated is not False) is is_with,
            daily is True and is_with and sedated is None,
            _buprenorphine(is_lost=False),
            facts={**used, "sedatives": some if is_with else frozenset()},
        )


def _methadone(
    course: TreatmentCourse,
    days: int,
    picture: Picture,
    *,
    is_used: bool = False,
    is_careful: bool,
) -> str:
    day_of = picture.value("mtd_day")
    found = methadone_after_missed(
        days=days,
        last_mg=course.dose or Decimal(0),
        day_of_treatment=day_of if isinstance(day_of, int) else None,
        other_opioids=is_used,
        is_careful=is_careful,
    )
    least = f"{amount(found.least)} to " if found.least is not None else "up to "
    return f"{least}{amount(found.mg)} mg"


def _buprenorphine(*, is_lost: bool) -> str:
    """Its first dose: low where tolerance is lost or not known, else by withdrawal."""
    line = section("buprenorphine", "first_day").line(_first_dose(is_lost=is_lost))
    span = f"{amount(line.amount('low'))} to {amount(line.amount('high'))} mg"
    return span if is_lost else f"{span}, after a score"


def _first_dose(*, is_lost: bool) -> str:
    return "low_tolerance" if is_lost else "start"


def _film_rows(
    dose: Decimal, days: int, picture: Picture, edition: Edition
) -> Iterator[RestartRow]:
    used = _used_lately(picture, edition)
    for taken, full in (("None", False), ("Any opioid", True), ("Not known", None)):
        found = buprenorphine_after_missed(days=days, last_mg=dose, full_agonist=full)
        doses = " or ".join(f"{amount(mg)} mg" for mg in dict.fromkeys(found.mg))
        if found.step is BuprenorphineMissed.NEW_START:
            doses = _buprenorphine(is_lost=full is not True)
        yield RestartRow(taken, doses or found.line.text, used is full, used is None)


def _used_daily(
    course: TreatmentCourse, picture: Picture, edition: Edition
) -> bool | None:
    """Opioids on most days since the last dose; None where nobody knows."""
    lately = _used_lately(picture, edition)
    if lately and not used_daily(FactReader(picture), course, edition):
        return None
    return lately


def _used_lately(picture: Picture, edition: Edition) -> bool | None:
    """Opioids within the past days; None where nobody asked today."""
    lately = timedelta(days=edition.days("used_lately_days"))
    known = [
        k
        for fact in ("last_short_acting_dt", "last_fentanyl_dt")
        if (k := picture.known(fact)) and picture.day_of(k.as_of) == picture.today
    ]
    if not known:
        return None
    moments = [k.value for k in known if isinstance(k.value, datetime)]
    return any(
        moment != NEVER and picture.as_of - moment <= lately for moment in moments
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
) -> tuple[str, str, tuple[FormularyLine, ...]]:
    """What it may never be above, the way back, and the lines that say so."""
    if course.family != METHADONE or course.dose is None or not days:
        return "", "", ()
    found = methadone_after_missed(days=days, last_mg=course.dose)
    back = section("methadone", "missed").line("back")
    percent = found.line.get("percent", 0)
    share = course.dose * Decimal(percent) / 100 if percent else course.dose
    most = f"Never above {amount(share)} mg: last was {amount(course.dose)} mg."
    starts = section("buprenorphine", "first_day")
    return (
        most,
        f"Then {amount(back.amount('mg'))} mg more a day, once tolerated.",
        (found.line, back, starts.line("low_tolerance"), starts.line("start")),
    )


def by_the_table(
    columns: Iterable[DecisionColumn], table: Restart
) -> tuple[DecisionColumn, ...]:
    """The columns with today's dose of the row that counts as what can be done; the
    table itself is said once, above them."""
    if not table.rows:
        return tuple(columns)
    return tuple(_by_the_table(column, table) for column in columns)


def _by_the_table(column: DecisionColumn, table: Restart) -> DecisionColumn:
    lines = (*column.first, *column.reasons_against)
    told = (line for line in lines if line.rule == MISSED)
    return replace(
        column,
        verdict=_verdict(column, table) or column.verdict,
        shared=column.shared.union(told) if column.key == table.key else column.shared,
    )


def _verdict(column: DecisionColumn, table: Restart) -> str:
    """Nothing where the table has no dose of it, or it cannot be given here now, or what
    comes first of all is to hold the dose or a written way over."""
    row = table.now
    waits = any(line.rule in GOES_BEFORE for line in column.first)
    if row is None or waits or column.rank is None or not column.is_here:
        return ""
    return _today(column.key, table.key, row)


def _today(key: str, missed_one: str, row: RestartRow) -> str:
    if key == missed_one == METHADONE:
        return f"{row.dose[:1].upper()}{row.dose[1:]} today, then up slowly."
    if key == FILM and row.other:
        dose, _, condition = row.other.partition(", ")
        return f"{dose} today{f', {condition}' if condition else SCORE_FIRST}."
    return AFTER_SMALL_DOSES if key == DEPOT and row.is_lost else ""
