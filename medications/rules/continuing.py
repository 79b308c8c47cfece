"""C8, first half: treatment under way, doses missed, leaving, and where it is given."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import cast

from assessments.facts import NEVER, NEVER_ON, Trial
from knowledge.editions import Edition
from knowledge.formulary.methadone import methadone_after_missed
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount, listed
from medications.rules.dependence import AT_RISK, OPIOIDS_IN_URINE
from medications.rules.effects import Effect, Say
from medications.rules.preference import weeks_of
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
from medications.rules.words import day

# What urine shows of the medicine itself.
OWN_IN_URINE = {
    "MTD": frozenset(["methadone", "eddp"]),
    "BUP_SL": frozenset(["buprenorphine", "norbuprenorphine"]),
    "BUP_XR": frozenset(["buprenorphine", "norbuprenorphine"]),
    "NTX_XR": frozenset[str](),
}
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

type Sign = Callable[[FactReader, Edition, TreatmentCourse], str | None]


def _each(
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
    because = " ".join(_taken(course, facts) for course in works)
    says = _each(Effect.PREFERRED, {course.form for course in works})
    return RuleSaid(f"{because} No cause to change is known.", says)


def _taken(course: TreatmentCourse, facts: FactReader) -> str:
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
        if facts.as_of - facts.moment(name) <= span and _since_start(
            facts, name, course
        ):
            return f"{facts.last(name)}."
    return None


def _since_start(facts: FactReader, name: str, course: TreatmentCourse) -> bool:
    """Use before the first day of methadone says nothing of how it works."""
    days = facts.old("mtd_day") if course.family == "MTD" else None
    if not days:
        return True
    start = facts.as_of.date() - (cast("int", days) - 1) * DAY
    return facts.moment(name).date() >= start


def _in_urine(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> str | None:
    if not _lately(facts, "udt", edition):
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
    says = _each(Effect.ACTION, {course.form for course in taken.values()})
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
    taken = taking(facts, edition)
    causes = [
        cause
        for course in taken.values()
        if (cause := _cause(facts, edition, course)) is not None
    ]
    return " ".join(dict.fromkeys(causes)) or None


def _cause(facts: FactReader, edition: Edition, course: TreatmentCourse) -> str | None:
    if "unbearable" in facts.held("side_effects"):
        return "A side effect that cannot be borne."
    if course.family == "MTD" and facts.maybe("otp_access") is False:
        return "The OTP can no longer be reached."
    if _wishes_otherwise(facts, edition, course) == "Wishes another medication.":
        return "Wishes another medication."
    return _still_harmed(facts, edition, course)


def _still_harmed(
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
    says = _each(Effect.ACTION, {course.form for course in taken.values()})
    return RuleSaid("Asks to come off medication.", says)


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
    says = list(_each(Effect.ACTION, {c.form for c in missed}, blocking=True))
    if any(c.family == "MTD" for c in missed):
        says.append(Say("MTD", Effect.CAUTION))
    because = " ".join(_gap(c, facts) for c in missed)
    then = " ".join(filter(None, (_next_dose(c, facts, edition) for c in missed)))
    return RuleSaid(because, tuple(says), then)


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
    name = medicines().sentences[course.form]
    last = f"last {day(course.last)}" if course.last else "last day not known"
    if medicines()[course.form].is_daily:
        return f"{name[:1].upper()}{name[1:]}: {course.days_missed(facts.as_of)} days missed, {last}."
    return f"{name[:1].upper()}{name[1:]}: past its window, {last}."


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
        other_opioids=_used_meanwhile(facts),
        is_careful=_is_careful(facts, edition),
    )
    least = f"{amount(found.least)} to " if found.least is not None else ""
    return (
        f"Proposal: {least}{amount(found.mg)} mg, never above the last dose. "
        "Ask what was taken meanwhile; look for sedation."
    )


def _used_meanwhile(facts: FactReader) -> bool:
    """Opioids within the past day or two: daily use that kept tolerance."""
    last = facts.latest("last_short_acting_dt", "last_fentanyl_dt")
    return last is not None and facts.as_of - facts.moment(last) <= 2 * DAY


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


def _open_regimen(facts: FactReader, edition: Edition) -> str | None:
    """Methadone under way, or missed for no longer than a week: low tolerance is what
    counts after that."""
    course = facts.once(courses, edition).get("MTD")
    if course is None:
        return None
    if course.is_now:
        return _taken(course, facts)
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
