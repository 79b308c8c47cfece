"""Treatment under way, derived from doses, injections and lists (reference C0.2, C0.7).
No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from assessments.facts import NEVER, NEVER_ON
from knowledge.editions import Edition
from medications.rules.reading import FactReader

DAY = timedelta(days=1)
METHADONE, BUPRENORPHINE, NALTREXONE = "methadone", "buprenorphine", "naltrexone"
# The daily medicines: their dose, and what the last long-acting opioid is called then.
DAILY = {"MTD": ("mtd_dose", METHADONE), "BUP_SL": ("bup_dose", BUPRENORPHINE)}
# The injections: when and which the last one was.
INJECTED = {
    "BUP_XR": ("last_bup_xr_dt", "last_bup_xr_drug"),
    "NTX_XR": ("last_ntx_dt", ""),
}
# The longest time between two doses that is still treatment under way.
INTERVALS = {
    "MTD": "taking_daily_days",
    "BUP_SL": "taking_daily_days",
    "SUBLOCADE": "taking_sublocade_days",
    "BRIXADI_W": "taking_weekly_days",
    "NTX_XR": "taking_ntx_days",
}
# That of a monthly depot, also where the product is not known.
USUAL_INTERVAL = "taking_monthly_days"
# How long beyond that doses count as missed; after it the treatment has ended.
OVER = "treatment_over_days"


@dataclass(frozen=True, slots=True)
class TreatmentCourse:
    """One medicine that is or was taken: its dose and last day, as far as known.

    `is_now`: the last dose lies within its interval; `is_over`: so far behind it that the
    treatment counts as ended. `dose` None: taken, dose not known.
    """

    family: str
    form: str
    is_now: bool
    dose: Decimal | None = None
    last: datetime | None = None
    is_over: bool = False

    def days_missed(self, now: datetime) -> int:
        """Whole days without a dose since the day after the last one."""
        if self.last is None:
            return 0
        return max((now.date() - self.last.date()).days - 1, 0)


def are_missed(family: str, days: int, day_of: int | None, edition: Edition) -> bool:
    """Whether so many days without a dose of a daily medicine ask for another next dose;
    `day_of` is the day of treatment, where it is known."""
    if family == "BUP_SL":
        return days >= edition["bup_missed_days"]
    early = day_of is not None and 0 < day_of <= edition["methadone_early_days"]
    least = "methadone_missed_early_days" if early else "methadone_missed_days"
    return days >= edition[least]


type Courses = Mapping[str, TreatmentCourse]


def courses(facts: FactReader, edition: Edition) -> Courses:
    """By family, what is taken, or of which doses were missed."""
    return {
        family: course
        for family, course in facts.once(_on_record, edition).items()
        if not course.is_over and not _was_stopped(course, facts)
    }


def ended(facts: FactReader, edition: Edition) -> TreatmentCourse | None:
    """The treatment that ended last by the days gone by, stop recorded or not."""
    every = facts.once(_on_record, edition).values()
    over = [(c.last, c) for c in every if c.is_over and c.last is not None]
    return max(over, key=lambda one: one[0])[1] if over else None


def _on_record(facts: FactReader, edition: Edition) -> Courses:
    """By family, the last that is known of it, however long ago."""
    return {
        family: course
        for family in (*DAILY, *INJECTED)
        if (course := _course(family, facts, edition)) is not None
    }


def taking(facts: FactReader, edition: Edition) -> Courses:
    """By family, what is taken now."""
    return {k: c for k, c in facts.once(courses, edition).items() if c.is_now}


def takes_agonist(facts: FactReader, edition: Edition) -> bool:
    return not {"MTD", "BUP_SL", "BUP_XR"}.isdisjoint(taking(facts, edition))


def _course(family: str, facts: FactReader, edition: Edition) -> TreatmentCourse | None:
    if family in DAILY:
        return _daily(family, facts, edition)
    return _injected(family, facts, edition)


def _daily(family: str, facts: FactReader, edition: Edition) -> TreatmentCourse | None:
    fact, drug = DAILY[family]
    dose, last = facts.old(fact), _last_dose(drug, facts)
    if dose is None:
        listed = drug in facts.medicines()
        return TreatmentCourse(family, family, is_now=True) if listed else None
    if not dose:
        return None
    amount = Decimal(str(dose))
    if last is not None:
        # By the calendar: who takes a dose a day does not take it at one hour.
        since = (facts.as_of.date() - last.date()).days
        is_now = since <= edition.days(INTERVALS[family])
        is_over = since > edition.days(OVER)
        return TreatmentCourse(family, family, is_now, amount, last, is_over)
    if facts.maybe(fact) is not None or drug in facts.medicines():
        return TreatmentCourse(family, family, is_now=True, dose=amount)
    return None


def _last_dose(drug: str, facts: FactReader) -> datetime | None:
    """When the drug was last taken, where that is the last long-acting opioid."""
    last = facts.old("last_long_acting_dt")
    named = facts.old("last_long_acting_drug")
    if last in (None, NEVER) or named not in (None, drug):
        return None
    return cast("datetime", last)


def _injected(
    family: str, facts: FactReader, edition: Edition
) -> TreatmentCourse | None:
    fact, named = INJECTED[family]
    last = facts.old(fact)
    if last in (None, NEVER):
        return None
    form = str(facts.old(named) or family) if named else family
    moment = cast("datetime", last)
    beyond = (
        facts.as_of - moment - edition.days(INTERVALS.get(form, USUAL_INTERVAL)) * DAY
    )
    return TreatmentCourse(
        family,
        form,
        is_now=beyond <= timedelta(0),
        last=moment,
        is_over=beyond > edition.days(OVER) * DAY,
    )


def _was_stopped(course: TreatmentCourse, facts: FactReader) -> bool:
    """Whether the medicine was stopped on or after the day of its last dose."""
    stopped = facts.old("moud_stop")
    if stopped is None or stopped == NEVER_ON or course.last is None:
        return False
    return cast("date", stopped) > course.last.date()
