"""C2: effectiveness, what the person prefers, and earlier treatment."""

from collections.abc import Iterable

from assessments.facts import Trial
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.dependence import active_disorder
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader, Unanswered, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import always, among, either, members, rules, word

DAYS_A_WEEK = 7
BUPRENORPHINE = "BUP_SL"


def each(effect: Effect, medications: Iterable[str]) -> tuple[Say, ...]:
    return tuple(Say(m, effect) for m in sorted(medications))


@rule("C22")
def recommended_agonists(facts: FactReader, edition: Edition) -> Answer:
    return active_disorder(facts, edition)


@rule("C23")
def informed_preference(facts: FactReader, _edition: Edition) -> Answer:
    wanted = facts.members("preference") & set(medicines().keys)
    if not wanted:
        return None
    because = f"The person prefers this{facts.dated('preference')}."
    return RuleSaid(because, says=each(Effect.PREFERRED, wanted))


@rule("C24")
def helped_before(facts: FactReader, edition: Edition) -> Answer:
    kept = [t for t in facts.trials() if _worked(t, edition)]
    if not kept:
        return None
    because = " ".join(_worked_words(t) for t in kept)
    return RuleSaid(because, says=each(Effect.PREFERRED, {t.medication for t in kept}))


def _worked(trial: Trial, edition: Edition) -> bool:
    days = trial.days
    if days is None and trial.weeks is not None:
        days = trial.weeks * DAYS_A_WEEK
    return trial.helpful is True or (
        days is not None and days >= edition["trial_kept_days"]
    )


def _worked_words(trial: Trial) -> str:
    days = f"kept {trial.days} days" if trial.days is not None else "taken before"
    found = ", found helpful" if trial.helpful else ""
    return f"{_name(trial)}: {days}{found}."


def _name(trial: Trial) -> str:
    """The medication as a reader calls it, at the head of a sentence."""
    name = medicines().sentences[trial.medication]
    return name[:1].upper() + name[1:]


@rule("C25")
def did_not_help_before(facts: FactReader, edition: Edition) -> Answer:
    poor = [t for t in facts.trials() if no_benefit(t, edition)]
    if not poor:
        return None
    because = " ".join(f"{_name(t)} did not help at an adequate dose." for t in poor)
    return RuleSaid(because, says=each(Effect.CAUTION, {t.medication for t in poor}))


def no_benefit(trial: Trial, edition: Edition) -> bool:
    """Not helpful although the dose was adequate; unanswered without the dose."""
    if trial.helpful is not False:
        return False
    kind = medicines().parent_of(trial.medication)
    if kind == "NTX_XR":
        return _reaches((trial.doses, edition["trial_ntx_doses"]))
    least = {"MTD": "trial_mtd_mg", BUPRENORPHINE: "trial_bup_mg"}.get(kind)
    if least is None:
        return False
    weeks = trial.weeks
    if weeks is None and trial.days is not None:
        weeks = trial.days / DAYS_A_WEEK
    return _reaches((trial.dose, edition[least]), (weeks, edition["trial_weeks"]))


def _reaches(*amounts: tuple[object, object]) -> bool:
    if any(a is not None and a < least for a, least in amounts):  # type: ignore[operator]
        return False
    if any(a is None for a, _ in amounts):
        raise Unanswered("history")
    return True


@rule("C26")
def not_held_on_buprenorphine(facts: FactReader, edition: Edition) -> Answer:
    if not facts.number("bup_dose"):
        return None
    trouble = first(
        lambda: f"{facts.said('bam8')} of 4." if facts.number("bam8") else None,
        lambda: _fentanyl(facts),
        lambda: facts.stated(
            "cows", facts.number("cows") >= edition["withdrawal_cows"]
        ),
    )
    return f"{facts.said('bup_dose')}. {trouble}" if trouble else None


def _fentanyl(facts: FactReader) -> str | None:
    if facts.maybe("udt_fentanyl") is True:
        return "Urine positive for fentanyl."
    return named(
        "Urine positive for", facts.members("udt") & {"fentanyl", "norfentanyl"}
    )


@rule("C27")
def methadone_for_high_tolerance(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: facts.if_word("tolerance", "very_high", "Very high opioid tolerance."),
        lambda: _buprenorphine_did_not_help(facts, edition),
    )


def _buprenorphine_did_not_help(facts: FactReader, edition: Edition) -> str | None:
    tried = [
        t
        for t in facts.trials()
        if medicines().parent_of(t.medication) == BUPRENORPHINE
    ]
    poor = any(no_benefit(t, edition) for t in tried)
    return "Buprenorphine did not help before at an adequate dose." if poor else None


@rule("C28")
def staying_is_the_aim(facts: FactReader, _edition: Edition) -> Answer:
    if "retention" not in facts.members("goal") or not facts.yes("otp_access"):
        return None
    return "Staying in treatment is the main aim, and an OTP can be attended."


@rule("C31")
def no_agonist(facts: FactReader, _edition: Edition) -> Answer:
    why = first(
        lambda: facts.among("preference", "no_agonist"),
        lambda: facts.among("occupation", "agonist_not_possible"),
    )
    if why is None or facts.maybe("opioid_free") is False:
        return None
    free = first(
        lambda: facts.if_yes("opioid_free", "Withdrawal can be completed."),
        lambda: _not_dependent(facts),
    )
    return f"{why} {free}" if free else None


def _not_dependent(facts: FactReader) -> str | None:
    free = not facts.yes("phys_dependence")
    return "Not physically dependent." if free else None


@rule("C33")
def missed_doses(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: _misses(facts, edition),
        lambda: facts.if_yes("lost_doses", "Doses were lost repeatedly."),
    )


def _misses(facts: FactReader, edition: Edition) -> str | None:
    missed = facts.number("adherence")
    return (
        f"{missed} daily doses missed a week."
        if missed >= edition["missed_doses"]
        else None
    )


@rule("C35")
def needs_a_lock_box(facts: FactReader, _edition: Edition) -> Answer:
    household = facts.members("household")
    found = household & {"children", "pets"}
    locked = "no_lockable_storage" not in household
    if found and locked and facts.yes("lock_box"):
        return None
    return named("In the household, nothing to lock medication in", found)


rules(
    C29=members(
        "risk",
        {"first_month_overdose"},
        "Overdose in the first month is the main concern.",
    ),
    C30=members(
        "request",
        {"withdrawal_management_only"},
        "Asks for withdrawal management only.",
    ),
    C32=always("Oral naltrexone for opioid use disorder: few people keep taking it."),
    C34=either(word("housing", "unhoused", "No home at present."), among("diversion")),
)
