"""Facts from the rows on substances, treatments and tests. No Django."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from knowledge.medicines import medicines as catalogue

type Fact = tuple[str, object, datetime]

SHORT = frozenset(("fentanyl", "heroin", "pressed_pills", "prescribed", "other"))
LONG = {
    "methadone_bought": "methadone",
    "buprenorphine_bought": "buprenorphine",
    "long_acting": "er_opioid",
}
STIMULANTS = frozenset(("cocaine", "methamphetamine", "other_stimulant"))
INJECTING = "injecting"
BUPRENORPHINE = frozenset(("bup_daily", "bup_injection"))
MEDICATIONS = {one.asked_as: one.key for one in catalogue() if one.asked_as}
# A year of twelve months as days, for how long a treatment was kept.
DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12
NEVER, NO = "never", "no"
# The weight of what matters a lot.
MATTERS_A_LOT = "3"
# The result of a test as a yes or no to living with what it looks for.
LIVING_WITH = {"positive": "yes", "negative": NO, "past": NO}
TESTED = ("hiv", "hcv", "hbv")
ASKED = frozenset(
    (
        "opioids_used",
        "opioid_use",
        "others_used",
        "other_use",
        "moud_now",
        "treatments_had",
        "episodes",
        "tests_had",
        "infection_tests",
        "values",
        "value_weights",
    )
)


class Answered(NamedTuple):
    """A known answer and when it was given."""

    value: object
    at: datetime

    @property
    def names(self) -> list[str]:
        return [str(v) for v in self.value] if isinstance(self.value, list) else []


class SubstanceRow(NamedTuple):
    """One row of an answer that holds rows."""

    kind: str
    cells: Mapping[str, object]

    def cell(self, column: str) -> object:
        """What stands in a column; None where nothing does."""
        return self.cells.get(column)


def told_by_rows(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Every fact that follows from substances, treatments and tests as listed."""
    yield from _opioids(answers)
    yield from _routes(answers)
    yield from _others(answers)
    yield from _now(answers)
    yield from _treatments(answers)
    yield from _tests(answers)
    yield from _matters_most(answers)


def rows_of(
    answers: Mapping[str, Answered], key: str, kinds: Sequence[str]
) -> list[SubstanceRow]:
    """The rows about what is named; one that is named no more does not count."""
    answer = answers.get(key)
    raw = answer.value if answer and isinstance(answer.value, list) else []
    rows = [SubstanceRow(str(r.get("kind")), r) for r in raw if isinstance(r, dict)]
    return [row for row in rows if row.kind in kinds]


def _opioids(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    used = answers.get("opioids_used")
    if used is None:
        return
    if not used.names:
        yield "opioid_days", 0, used.at
        return
    rows = rows_of(answers, "opioid_use", used.names)
    if not rows:
        return
    at = max(used.at, answers["opioid_use"].at)
    days = [days for row in rows if isinstance(days := row.cell("days"), int | float)]
    if _is_told(used.names, rows, "days"):
        yield "opioid_days", max(days), at
    yield from _last_uses(used.names, rows, at)


def _last_uses(
    named: list[str], rows: list[SubstanceRow], at: datetime
) -> Iterator[Fact]:
    """The latest of each kind, once it is known of every one of that kind."""
    last = {row.kind: str(row.cell("last")) for row in rows if row.cell("last")}
    if "fentanyl" in last:
        yield "last_fentanyl_dt", last["fentanyl"], at
    for kinds, fact in ((SHORT, "last_short_acting_dt"), (LONG, "last_long_acting_dt")):
        of_kind = [n for n in named if n in kinds]
        if of_kind and all(n in last for n in of_kind):
            latest = max(of_kind, key=lambda n: datetime.fromisoformat(last[n]))
            yield fact, last[latest], at
            if latest in LONG:
                yield "last_long_acting_drug", LONG[latest], at


def _is_told(named: Sequence[str], rows: list[SubstanceRow], column: str) -> bool:
    """Whether each thing that was named has this column filled in."""
    told = {row.kind for row in rows if row.cell(column) is not None}
    return set(named) <= told


def _routes(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Injecting as soon as one row says so; without it, once all of them are told."""
    used = answers.get("opioids_used")
    named = used.names if used else []
    rows = rows_of(answers, "opioid_use", named)
    others = answers.get("others_used")
    rows += rows_of(answers, "other_use", others.names if others else [])
    routes = {str(r) for row in rows for r in _list(row.cell("route"))}
    moments = [a.at for key in ("opioid_use", "other_use") if (a := answers.get(key))]
    if moments and (INJECTING in routes or _is_told(named, rows, "route")):
        yield "route", sorted(routes), max(moments)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _others(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    used = answers.get("others_used")
    if used is not None:
        yield "stimulants", bool(STIMULANTS & {*used.names}), used.at
        yield "tobacco", "tobacco" in used.names, used.at


def _now(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """What is not taken now has no dose."""
    taken = answers.get("moud_now")
    if taken is None:
        return
    if "methadone" not in taken.names:
        yield "mtd_dose", 0, taken.at
        yield "mtd_day", 0, taken.at
        yield "mtd_dose_change_dt", NEVER, taken.at
    if "bup_daily" not in taken.names:
        yield "bup_dose", 0, taken.at


def _treatments(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    had, taken = answers.get("treatments_had"), answers.get("moud_now")
    if had is None:
        return
    medicines = [kind for kind in MEDICATIONS if kind in had.names]
    everything = {*medicines, *(taken.names if taken else ())}
    tried = bool(BUPRENORPHINE & everything)
    if not tried and taken is not None:
        yield "bup_exposure", False, had.at
    if not tried:
        yield "history_pw", NO, had.at
    if taken is not None and "bup_injection" not in everything:
        yield "last_bup_xr_dt", NEVER, had.at
    if taken is not None and "naltrexone_injection" not in everything:
        yield "last_ntx_dt", NEVER, had.at
    if not medicines:
        yield "moud_stop", NEVER, had.at
    rows = rows_of(answers, "episodes", medicines)
    at = max(answers.get("episodes", had).at, had.at)
    yield "history", [*_trials(medicines, rows)], at


def _trials(
    medicines: list[str], rows: list[SubstanceRow]
) -> Iterator[dict[str, object]]:
    """Each episode; a medicine without one was had, and no more is known of it."""
    for kind in medicines:
        episodes = [row for row in rows if row.kind == kind] or [SubstanceRow(kind, {})]
        yield from (_trial(row) for row in episodes)


def _trial(row: SubstanceRow) -> dict[str, object]:
    parts = {
        "days": days_in(row.cell("months")),
        "dose": row.cell("dose"),
        "doses": row.cell("doses"),
        "helpful": yes_no(row.cell("helped")),
    }
    known = {name: value for name, value in parts.items() if value is not None}
    return {"medication": MEDICATIONS[row.kind], **known}


def days_in(months: object) -> int | None:
    """Months as days; None where there is no number."""
    if not isinstance(months, int | float):
        return None
    return round(months * DAYS_A_YEAR / MONTHS_A_YEAR)


def yes_no(value: object) -> str | None:
    """A truth as the vocabulary writes it; None where it was not said."""
    return {True: "yes", False: NO}[value] if isinstance(value, bool) else None


def _tests(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """A test that was not done says nothing."""
    had = answers.get("tests_had")
    tested = [kind for kind in TESTED if had and kind in had.names]
    for row in rows_of(answers, "infection_tests", tested):
        living = LIVING_WITH.get(str(row.cell("result")))
        if living:
            yield row.kind, living, answers["infection_tests"].at


def _matters_most(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Of what matters to the person, what matters a lot."""
    named, weighed = answers.get("values"), answers.get("value_weights")
    if named is None or weighed is None:
        return
    rows = rows_of(answers, "value_weights", named.names)
    most = [row.kind for row in rows if row.cell("weight") == MATTERS_A_LOT]
    yield "values_most", most, weighed.at
