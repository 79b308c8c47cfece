"""Every file of the cohort, with the columns it needs and how a row is read. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from interop.cohort import background, courses
from interop.cohort.records import Record
from interop.cohort.source import SourceRow

type Read = Callable[[SourceRow], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class File:
    """One file whose rows become records by themselves."""

    name: str
    columns: tuple[str, ...]
    read: Read
    # What a row says that yields nothing: it was read, and nobody had answered.
    if_empty: str = "nothing in this row was answered"


TIME_LINE = "tlfb.csv"
SPECIMENS, POSITIVES = "uds_temp.csv", "uds.csv"
PEOPLE = ("everybody.csv", ("who", "project"))
SITES = ("site_masked.csv", ("who", "site_masked"))
RANDOMIZED = ("randomization.csv", ("who", "treatment", "which", "when"))
DOSES = ("treatment.csv", ("who", "amount", "when"))
DEMOGRAPHICS = (
    "who",
    "age",
    "is_hispanic",
    "race",
    "job",
    "is_living_stable",
    "education",
    "marital",
    "is_male",
)
FILES = (
    File("demographics.csv", DEMOGRAPHICS, background.demographics),
    File("psychiatric.csv", ("who", *background.HISTORY), background.psychiatric),
    File("asi.csv", ("who", "used_iv"), background.asi),
    File("qol.csv", ("who", "is_homeless"), background.qol),
    File(
        "fagerstrom.csv", ("who", "is_smoker", "ftnd", "per_day"), background.fagerstrom
    ),
    File("pain.csv", ("who", "pain", "when"), courses.pain),
    File("rbs.csv", ("who", "what", "did_use", "days"), courses.risk_behaviour),
    File(
        "rbs_iv.csv",
        ("who", *courses.INJECTING, *courses.BY_DRUG),
        courses.injecting,
    ),
    File("detox.csv", ("who", "what", "when"), courses.withdrawal_management),
    File("withdrawal.csv", ("who", "withdrawal", "when"), courses.withdrawal),
    File(
        "withdrawal_pre_post.csv",
        ("who", "what", "withdrawal", "when"),
        courses.withdrawal,
    ),
    File(POSITIVES, ("who", "what", "when"), courses.positive),
    File(SPECIMENS, ("who", "was_temp_ok", "when"), courses.specimen),
    File("visit.csv", ("who", "visit", "what", "when"), courses.visit),
    File(
        "screening_date.csv",
        ("who", "screening_day"),
        partial(courses.trial_day, column="screening_day", kind="screening"),
    ),
    File(
        "first_survey.csv",
        ("who", "when"),
        partial(courses.trial_day, column="when", kind="first survey"),
    ),
    File(TIME_LINE, ("who", "what", "when"), courses.used),
)
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
    *((file.name, file.columns) for file in FILES),
    *((name, ()) for name in PROTOCOL_TABLES),
)
