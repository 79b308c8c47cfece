"""Records of an import: rows of the files into the tables that hold them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import batched

from accounts import tenancy
from interop.actions.loading import People, load
from interop.cohort import courses, files
from interop.cohort.columns import ColumnMap
from interop.cohort.records import CohortAnswer, Record, Visited
from interop.cohort.run import ACTOR, BATCH, Import
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow, noon

# What a row says that yields nothing: it was read, and nobody had answered.
NOTHING = "nothing in this row was answered"
AGAIN = "a second row for the same person, day and thing"
UNDATED = "its day is not known"


def add_records(run: Import, people: People, file: ColumnMap) -> None:
    """Every row of this file, batch by batch."""
    for chunk in batched(run.rows(file.name, file.columns), BATCH):
        found: list[Record] = []
        for row in chunk:
            found += _records(run, people, row)
        with tenancy.every_clinic(actor=ACTOR):
            run.added += load(found, people, at=run.at)
        run.told(file.name)


def _records(run: Import, people: People, row: SourceRow) -> list[Record]:
    try:
        people.check(row)
        found = [*files.read(row), *_negatives(run, row)]
    except NotHeld as refusal:
        run.report.drops(row, str(refusal))
        return []
    kept = [_keyed(one, row.file, run.once) for one in found]
    odd = [AGAIN] if any(is_again for _, is_again in kept) else []
    odd += [UNDATED for one in found if isinstance(one, Visited) and one.on is None]
    # Read in full, with nothing in it: held as unknown, and said so.
    run.report.keeps(row, "; ".join(odd) if found else NOTHING)
    _note_endings(run, found)
    _note_last_use(run, row)
    _note_positive(run, row)
    return [one for one, _ in kept]


def _keyed(one: Record, file: str, once: courses.Once) -> tuple[Record, bool]:
    """The record under a key that no earlier row of this run had."""
    if isinstance(one, CohortAnswer):
        # An intake holds one answer a question: the first stands.
        return one, once.key(f"{file}:{one.who}:{one.question}")[1]
    key, is_again = once.key(one.key)
    return (replace(one, key=key) if is_again else one), is_again


def read_panels(run: Import) -> None:
    """What the urine tests of each trial held."""
    for groups in run.read(*files.TESTED, courses.tested_groups):
        for trial, analyte in groups.items():
            run.panels.setdefault(trial, set()).add(analyte)


def _negatives(run: Import, row: SourceRow) -> Iterator[Record]:
    """What a specimen was tested for and not positive for; other rows have none."""
    if row.file != files.SPECIMENS:
        return iter(())
    who = row.who()
    panel = sorted(run.panels.get(run.trials.get(who, ""), ()))
    found = run.positives.get((who, row.day()), set())
    return courses.negatives(row, panel, found)


def _note_positive(run: Import, row: SourceRow) -> None:
    if row.file == files.POSITIVES:
        found = run.positives.setdefault((row.who(), row.day()), set())
        found.add(courses.ANALYTES[row["what"]])


def _note_endings(run: Import, found: Iterable[Record]) -> None:
    """Deaths and leavings, which only the reasons of missed visits tell."""
    for one in found:
        if isinstance(one, Visited) and courses.DIED in one.reasons:
            run.deaths.setdefault(one.who, one.on)
        if isinstance(one, Visited) and courses.LEFT in one.reasons:
            run.leavings.add(one.who)


def _note_last_use(run: Import, row: SourceRow) -> None:
    """The last day before consent on which opioids were used, from the time line."""
    if row.file != files.TIME_LINE or row["what"] not in courses.OPIOIDS:
        return
    who, day = row.who(), row.day()
    if day <= NOMINAL_CONSENT and day > run.last_use.get(who, date.min):
        run.last_use[who] = day


def add_last_uses(run: Import, people: People) -> None:
    """Last use as an answer from the record: the day is known, the hour is not."""
    consent = noon(NOMINAL_CONSENT)
    found = [
        CohortAnswer(who, "last_short_acting_dt", noon(day).isoformat(), consent)
        for who, day in run.last_use.items()
    ]
    with tenancy.every_clinic(actor=ACTOR):
        run.added += load(found, people, at=run.at)
