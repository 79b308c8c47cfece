"""C8: doses missed, and methadone that is still open. No Django."""

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from assessments.facts import FACTS, NEVER
from knowledge.editions import Edition
from knowledge.formulary.methadone import methadone_after_missed
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from medications.rules.continuing import each_of, taken_words
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader, Unanswered
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.under_way import (
    DAILY,
    DAY,
    TreatmentCourse,
    are_missed,
    courses,
    taking,
)
from medications.rules.words import capitalised, day


@rule("C122")
def doses_missed(facts: FactReader, edition: Edition) -> Answer:
    """The next dose of what was missed; asks where the last day is not known."""
    missed = [
        c
        for c in facts.once(courses, edition).values()
        if _is_missed(c, facts, edition)
    ]
    if not missed:
        _ask_what_is_taken(facts)
        return None
    says = list(each_of(Effect.ACTION, {c.form for c in missed}, blocking=True))
    if any(c.family == "MTD" for c in missed):
        says.append(Say("MTD", Effect.CAUTION))
    because = " ".join(_gap(c, facts) for c in missed)
    then = " ".join(filter(None, (_next_dose(c, facts, edition) for c in missed)))
    return RuleSaid(because, tuple(says), then, asks=_to_ask(missed, facts, edition))


def _to_ask(
    missed: Iterable[TreatmentCourse], facts: FactReader, edition: Edition
) -> tuple[str, ...]:
    """Whether what was used lately was used daily: the dose of methadone turns on it."""
    is_open = any(
        c.family == "MTD"
        and used_lately(facts, edition)
        and not used_daily(facts, c, edition)
        for c in missed
    )
    return ("tolerance",) if is_open and facts.maybe("tolerance") is None else ()


def _ask_what_is_taken(facts: FactReader) -> None:
    """Answers that nobody has; who never took a long-acting opioid missed no dose."""
    asked = ["last_long_acting_dt", "mtd_dose", "last_bup_xr_dt"]
    if facts.old("last_long_acting_dt") == NEVER:
        asked.remove("mtd_dose")
    unknown = [name for name in asked if facts.old(name) is None]
    if unknown:
        raise Unanswered(*unknown)


def _is_missed(course: TreatmentCourse, facts: FactReader, edition: Edition) -> bool:
    if course.last is None:
        return False
    if course.family in DAILY:
        days = cast("int | None", facts.old("mtd_day"))
        missed = course.days_missed(facts.as_of)
        return are_missed(course.family, missed, days, edition)
    return not course.is_now


def _gap(course: TreatmentCourse, facts: FactReader) -> str:
    name = capitalised(medicines().sentences[course.form])
    last = f"last {day(course.last)}" if course.last else "last day not known"
    if medicines()[course.form].is_daily:
        return f"{name}: {course.days_missed(facts.as_of)} days missed, {last}."
    return f"{name}: past its window, {last}."


def _next_dose(course: TreatmentCourse, facts: FactReader, edition: Edition) -> str:
    """The proposal for methadone; for others the card says where it stands."""
    missed = course.days_missed(facts.as_of)
    if course.family != "MTD" or course.dose is None or missed < 1:
        return ""
    days = facts.old("mtd_day")
    found = methadone_after_missed(
        days=missed,
        last_mg=course.dose,
        day_of_treatment=cast("int | None", days),
        other_opioids=used_daily(facts, course, edition),
        is_careful=_is_careful(facts, edition),
    )
    least = f"{amount(found.least)} to " if found.least is not None else ""
    return (
        f"Proposal: {least}{amount(found.mg)} mg, never above the last dose. "
        "Ask what was taken meanwhile; look for sedation."
    )


def used_lately(facts: FactReader, edition: Edition) -> bool:
    """Opioids within the past days."""
    lately = edition.days("used_lately_days") * DAY
    last = facts.latest("last_short_acting_dt", "last_fentanyl_dt")
    return last is not None and facts.as_of - facts.moment(last) <= lately


def used_daily(facts: FactReader, course: TreatmentCourse, edition: Edition) -> bool:
    """Opioids lately; once a week of doses is missed one use keeps no tolerance, and the
    usual one is told now, or so many days of use that a week of them lies in the gap."""
    if not used_lately(facts, edition):
        return False
    week = edition.days("low_tolerance_days")
    lately = edition.days("used_lately_days") * DAY
    said = facts.maybe("tolerance", within=lately)
    return (
        course.days_missed(facts.as_of) <= week
        or said not in (None, "low")
        or _days_in_gap(facts, course) >= week
    )


def _days_in_gap(facts: FactReader, course: TreatmentCourse) -> int:
    """Days of opioid use since the last dose, the fewest that fit what was told."""
    told, age = facts.old("opioid_days"), facts.age("opioid_days")
    if told is None or age is None:
        return 0
    gap = course.days_missed(facts.as_of - age)
    asked = cast("int", FACTS["opioid_days"].high)
    return cast("int", told) - max(asked - gap, 0)


def _is_careful(facts: FactReader, edition: Edition) -> bool:
    """Sedated, or frail."""
    sedated = facts.held("sedatives") or facts.maybe("alcohol") == "active"
    return bool(sedated) or is_frail(facts, edition)


def is_frail(facts: FactReader, edition: Edition) -> bool:
    """Older, or with lungs or liver that ask for less."""
    age = facts.maybe_number("age")
    lungs = facts.held("resp") or "copd" in facts.held("medical")
    liver = facts.maybe_number("child_pugh") or "cirrhosis" in facts.held("medical")
    return bool((age is not None and age >= edition["age_older"]) or lungs or liver)


def _open_regimen(facts: FactReader, edition: Edition) -> str | None:
    """Methadone under way, or missed for no longer than a week: low tolerance is what
    counts after that."""
    course = facts.once(courses, edition).get("MTD")
    if course is None:
        return None
    if course.is_now:
        return taken_words(course, facts)
    if course.days_missed(facts.as_of) > edition.days("low_tolerance_days"):
        return None
    return f"{_gap(course, facts)} The regimen is open."


@rule("C126")
def depot_over_methadone(facts: FactReader, edition: Edition) -> Answer:
    if "BUP_XR" in taking(facts, edition):
        return None
    regimen = _open_regimen(facts, edition)
    if regimen is not None:
        return regimen
    within = timedelta(hours=edition.days("bup_after_long_longest_hours"))
    drug = facts.old("last_long_acting_drug")
    if drug not in (None, "methadone"):
        return None
    if not facts.used_within("last_long_acting_dt", within):
        return None
    if drug is None:
        raise Unanswered("last_long_acting_drug")
    return f"{facts.last('last_long_acting_dt')}: methadone."
