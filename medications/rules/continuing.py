"""C8, first half: treatment under way, leaving, and where it is given."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import cast

from assessments.facts import NEVER, NEVER_ON, Trial
from knowledge.editions import Edition
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount, listed
from medications.rules.dependence import AT_RISK, OPIOIDS_IN_URINE
from medications.rules.effects import Effect, Say
from medications.rules.new_stops import new_stop
from medications.rules.preference import weeks_of
from medications.rules.reading import FactReader
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.under_way import DAY, TreatmentCourse, taking
from medications.rules.words import day

# What urine shows of the medicine itself.
OWN_IN_URINE = {
    "MTD": frozenset(["methadone", "eddp"]),
    "BUP_SL": frozenset(["buprenorphine", "norbuprenorphine"]),
    "BUP_XR": frozenset(["buprenorphine", "norbuprenorphine"]),
    "NTX_XR": frozenset[str](),
}
# The day of treatment, where one is on record for the family.
FIRST_DAYS = {"MTD": "mtd_day", "BUP_XR": "injection_day", "NTX_XR": "injection_day"}
TO_STOP = frozenset(["stop_medication", "withdrawal_management_only"])
FIVE = {
    "withdrawal": ("end_of_dose_withdrawal", "cows"),
    "use": ("udt", "opioid_days"),
    "effect when used": ("effect_when_used",),
    "craving": ("bam8",),
    "side effects": ("side_effects",),
}
ADEQUATE = {"MTD": ("mtd_dose", "trial_mtd_mg"), "BUP_SL": ("bup_dose", "trial_bup_mg")}
WEEK = 7 * DAY
HOSPITAL = "hospital"
# What C120 says where a stop is the cause: it may not let the medicine go on unread.
BY_A_STOP = (
    "Change for cause: the prescriber decides on the stop before the next dose and plans "
    "the way over, without a gap. Write the cause."
)

type Sign = Callable[[FactReader, Edition, TreatmentCourse], str | None]


def each_of(
    effect: Effect, keys: Iterable[str], *, blocking: bool = False
) -> tuple[Say, ...]:
    return tuple(Say(key, effect, blocking) for key in sorted(keys))


def _lately(facts: FactReader, name: str, edition: Edition) -> bool:
    """Whether a value on record is of the last 30 days."""
    age = facts.age(name)
    return age is not None and age <= edition.days("under_way_days") * DAY


@rule("C118")
def it_works(facts: FactReader, edition: Edition) -> Answer:
    """Said of each medicine under way against which nothing of 30 days is known."""
    works = [
        course
        for course in taking(facts, edition).values()
        if next(against(facts, edition, course), None) is None
    ]
    if not works:
        return None
    because = " ".join(taken_words(course, facts) for course in works)
    says = each_of(Effect.PREFERRED, {course.form for course in works})
    return RuleSaid(f"{because} No cause to change is known.", says)


def taken_words(course: TreatmentCourse, facts: FactReader) -> str:
    name = medicines().sentences[course.form]
    dose = f" {amount(course.dose)} mg" if course.dose else ", dose not known"
    if not medicines()[course.form].is_daily:
        dose = ""
    days = facts.old("mtd_day") if course.family == "MTD" else None
    since = f", day {days}" if days else ""
    last = f", last {day(course.last)}" if course.last else ""
    return f"Takes {name}{dose}{since}{last}."


def against(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> Iterator[str]:
    """What is known of the last 30 days that speaks against going on as it is."""
    for sign in SIGNS:
        found = sign(facts, edition, course)
        if found:
            yield found


def _used(facts: FactReader, edition: Edition, course: TreatmentCourse) -> str | None:
    span = edition.days("under_way_days") * DAY
    for name in ("last_fentanyl_dt", "last_short_acting_dt"):
        last = facts.old(name)
        if last in (None, NEVER):
            continue
        moment = facts.moment(name)
        if facts.as_of - moment <= span and _since_start(facts, moment, course):
            return f"{facts.last(name)}."
    return None


def _since_start(facts: FactReader, moment: datetime, course: TreatmentCourse) -> bool:
    """Use before the first day of a treatment says nothing of how it works; where that
    day is not known, all use counts."""
    start = _first_day(facts, course)
    return start is None or moment.date() >= start


def _first_day(facts: FactReader, course: TreatmentCourse) -> date | None:
    """The first day of the course, from the day of treatment on the day it was told."""
    name = FIRST_DAYS.get(course.family)
    days, age = (facts.old(name), facts.age(name)) if name else (None, None)
    if not days or age is None:
        return None
    return (facts.as_of - age).date() - (cast("int", days) - 1) * DAY


def _in_urine(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> str | None:
    age = facts.age("udt")
    if age is None or not _lately(facts, "udt", edition):
        return None
    if not _since_start(facts, facts.as_of - age, course):
        return None
    found = cast("frozenset[str]", facts.old("udt")) & OPIOIDS_IN_URINE
    if facts.old("udt_fentanyl") is True and _lately(facts, "udt_fentanyl", edition):
        found |= {"fentanyl"}
    unexpected = found - OWN_IN_URINE[course.family]
    return f"Urine positive for {listed(sorted(unexpected))}." if unexpected else None


def _overdosed(
    facts: FactReader, edition: Edition, _course: TreatmentCourse
) -> str | None:
    lately = _lately(facts, "overdose_hx", edition)
    if lately and facts.old("overdose_hx") == "past_30_days":
        return "Overdose in the past 30 days."
    return None


def _withdrawing(
    facts: FactReader, edition: Edition, _course: TreatmentCourse
) -> str | None:
    score = facts.maybe_number("cows")
    if score is not None and score >= edition["withdrawal_cows"]:
        return f"{facts.said('cows')}."
    if facts.maybe("end_of_dose_withdrawal") is True:
        return "Withdrawal before the next dose."
    return None


def _craving(
    facts: FactReader, _edition: Edition, _course: TreatmentCourse
) -> str | None:
    score = facts.maybe_number("bam8")
    return f"{facts.said('bam8')} of 4." if score else None


def _unbearable(
    facts: FactReader, _edition: Edition, _course: TreatmentCourse
) -> str | None:
    found = "unbearable" in facts.held("side_effects")
    return "A side effect that cannot be borne." if found else None


def _wishes_otherwise(
    facts: FactReader, _edition: Edition, course: TreatmentCourse
) -> str | None:
    if facts.held("request") & TO_STOP:
        return "Asks to come off medication."
    wanted = facts.held("preference") & set(medicines().keys)
    other = wanted - medicines().kin(course.family)
    return "Wishes another medication." if other else None


SIGNS: tuple[Sign, ...] = (
    _used,
    _in_urine,
    _overdosed,
    _withdrawing,
    _craving,
    _unbearable,
    _wishes_otherwise,
)


@rule("C119")
def dose_is_reviewed(facts: FactReader, edition: Edition) -> Answer:
    """One of the five is not at goal, or was not asked for 30 days, 7 in month 1."""
    taken = taking(facts, edition)
    if not taken:
        return None
    off = list(_off_goal(facts, edition, taken.values()))
    unasked = [
        name for name, held in FIVE.items() if not _was_asked(facts, held, edition)
    ]
    if not off and not unasked:
        return None
    parts = [*off, f"Not asked lately: {listed(unasked)}." if unasked else ""]
    says = each_of(Effect.ACTION, {course.form for course in taken.values()})
    return RuleSaid(" ".join(filter(None, parts)), says)


def _off_goal(
    facts: FactReader, edition: Edition, taken: Iterable[TreatmentCourse]
) -> Iterator[str]:
    said = [f for course in taken for f in against(facts, edition, course)]
    wishes = {"Asks to come off medication.", "Wishes another medication."}
    yield from (one for one in dict.fromkeys(said) if one not in wishes)
    if facts.maybe("effect_when_used") in ("some", "full"):
        yield "Opioids used still have their effect."
    others = facts.held("side_effects") - {"unbearable"}
    if others:
        yield f"Side effects: {listed(sorted(others))}."


def _was_asked(facts: FactReader, names: tuple[str, ...], edition: Edition) -> bool:
    days = facts.old("mtd_day")
    early = days is not None and 0 < cast("int", days) <= edition.days("early_days")
    span = WEEK if early else edition.days("under_way_days") * DAY
    ages = [age for name in names if (age := facts.age(name)) is not None]
    return any(age <= span for age in ages)


@rule("C120")
def change_for_cause(facts: FactReader, edition: Edition) -> Answer:
    """A stop is named first: the next dose waits for what is decided on it."""
    taken = taking(facts, edition).values()
    stops = [_stopped(c, facts, edition) for c in taken]
    causes = [*stops, *(_cause(facts, edition, course) for course in taken)]
    because = " ".join(dict.fromkeys(filter(None, causes)))
    if not because:
        return None
    return RuleSaid(because, then=BY_A_STOP if any(stops) else "")


def _stopped(
    course: TreatmentCourse, facts: FactReader, edition: Edition
) -> str | None:
    because = new_stop(facts, edition, course)
    name = medicines().sentences[course.form]
    return because and f"A stop for {name}: {because}"


def _cause(facts: FactReader, edition: Edition, course: TreatmentCourse) -> str | None:
    if "unbearable" in facts.held("side_effects"):
        return "A side effect that cannot be borne."
    if course.family == "MTD" and facts.maybe("otp_access") is False:
        return "The OTP can no longer be reached."
    if _wishes_otherwise(facts, edition, course) == "Wishes another medication.":
        return "Wishes another medication."
    return still_harmed(facts, edition, course)


def still_harmed(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> str | None:
    """Use or an overdose although the dose has been adequate for four weeks."""
    if course.family not in ADEQUATE or course.dose is None:
        return None
    if course.dose < edition[ADEQUATE[course.family][1]]:
        return None
    if not _is_long_enough(facts, edition, course):
        return None
    harm = _overdosed(facts, edition, course) or _in_urine(facts, edition, course)
    return f"{harm} The dose is adequate." if harm else None


def _is_long_enough(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> bool:
    """Methadone by its day; daily buprenorphine as the history of treatment has it."""
    least = edition["trial_weeks"]
    if course.family == "MTD":
        days = facts.old("mtd_day")
        return days is not None and cast("int", days) * DAY >= int(least) * WEEK
    trials = cast("tuple[Trial, ...]", facts.old("history") or ())
    kin = medicines().kin(course.family)
    return any(t.medication in kin and (weeks_of(t) or 0) >= least for t in trials)


@rule("C121")
def asks_to_stop(facts: FactReader, edition: Edition) -> Answer:
    taken = taking(facts, edition)
    if not taken or not facts.held("request") & TO_STOP:
        return None
    says = each_of(Effect.ACTION, {course.form for course in taken.values()})
    return RuleSaid("Asks to come off medication.", says)


@rule("C123")
def leaving_does_not_end_care(facts: FactReader, edition: Edition) -> Answer:
    stopped = facts.old("moud_stop")
    if stopped not in (None, NEVER_ON) and not taking(facts, edition):
        return f"Medication stopped{facts.dated('moud_stop')}."
    days = days_to_leaving(facts)
    if days is None or days > edition["reentry_days"]:
        return None
    return f"Leaves in {days} days." if days >= 0 else "Has left custody or a stay."


def days_to_leaving(facts: FactReader) -> int | None:
    """As told, less the days gone by since; below 0 once it has passed."""
    told, age = facts.old("reentry"), facts.age("reentry")
    if told is None or age is None:
        return None
    return cast("int", told) - age.days


@rule("C124")
def not_an_otp(facts: FactReader, _edition: Edition) -> Answer:
    """A setting of the clinic; a hospital may, beside another illness."""
    if facts.maybe("is_otp") is not False or facts.maybe("setting") == HOSPITAL:
        return None
    return "This clinic is no opioid treatment program."


@rule("C125")
def only_mild(facts: FactReader, edition: Edition) -> Answer:
    if not _is_mild(facts, edition):
        return None
    if facts.maybe("remission") not in (None, "none") or facts.held("risk") & set(
        AT_RISK
    ):
        return None
    return "Only mild opioid use disorder is recorded; a high risk is not."


def _is_mild(facts: FactReader, edition: Edition) -> bool:
    severity = facts.maybe("severity")
    if severity is not None:
        return severity == "mild"
    count = facts.maybe_number("dsm_count")
    return (
        count is not None and edition["oud_criteria"] <= count < edition["oud_moderate"]
    )
