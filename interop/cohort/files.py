"""Every file of the cohort, with the columns it needs and how a row is read. Pure."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from interop.cohort import courses
from interop.cohort.columns import MAPS, read_columns
from interop.cohort.records import Record
from interop.cohort.source import SourceRow

type Read = Callable[[SourceRow], Iterator[Record]]

TIME_LINE = "tlfb.csv"
SPECIMENS, POSITIVES = "uds_temp.csv", "uds.csv"
PEOPLE = ("everybody.csv", ("who", "project"))
SITES = ("site_masked.csv", ("who", "site_masked"))
RANDOMIZED = ("randomization.csv", ("who", "treatment", "which", "when"))
DOSES = ("treatment.csv", ("who", "amount", "when"))
# What a row says beyond its map.
BEYOND_MAP: Mapping[str, Read] = {
    "psychiatric.csv": courses.illnesses,
    "rbs_iv.csv": courses.injecting,
    POSITIVES: courses.positive,
    "visit.csv": courses.visit,
    "screening_date.csv": partial(
        courses.trial_day, column="screening_day", kind="screening"
    ),
    "first_survey.csv": partial(courses.trial_day, column="when", kind="first survey"),
}


def read(row: SourceRow) -> Iterator[Record]:
    """Everything that a row says: by the map of its file, and beyond it."""
    yield from read_columns(row)
    if row.file in BEYOND_MAP:
        yield from BEYOND_MAP[row.file](row)


# Which substances a trial's test held: without it a silence is no negative.
TESTED = (
    "meta_substance_groups_uds.csv",
    ("Substance", *courses.TRIAL_COLUMNS.values()),
)
# This describes the trials, not a person.
PROTOCOL_TABLES = ("meta_study_length.csv",)
# All that must be there, and hold what is read from it, before anything is written.
NEEDED = (
    PEOPLE,
    SITES,
    RANDOMIZED,
    DOSES,
    TESTED,
    *((one.name, one.columns) for one in MAPS.values()),
    *((name, ()) for name in PROTOCOL_TABLES),
)
