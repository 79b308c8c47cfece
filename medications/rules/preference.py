"""C2: effectiveness, what the person prefers, and earlier treatment."""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from assessments.facts import Trial
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.dependence import AT_RISK, active_disorder, in_remission
from medications.rules.derived import is_dependent, is_opioid_free, tolerance
from medications.rules.effects import Effect, Say, read_says
from medications.rules.induction import fentanyl_in_urine, tolerance_is_low
from medications.rules.reading import FactReader, Unanswered, first
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import always, among, either, members, rules, word
from medications.rules.under_way import DAY, taking
from medications.rules.words import capitalised

DAYS_A_WEEK = 7
BUPRENORPHINE = "BUP_SL"
# Whom C22 recommends what: active disorder; opioid-free; in remission or at risk.
AGONISTS = read_says("MTD,BUP_SL,BUP_XR=PREFERRED")
AND_NALTREXONE = read_says("MTD,BUP_SL,BUP_XR,NTX_XR=PREFERRED")
AGAINST_RETURN = read_says("BUP_SL,BUP_XR,NTX_XR=PREFERRED")


def each(effect: Effect, medications: Iterable[str]) -> tuple[Say, ...]:
    return tuple(Say(m, effect) for m in sorted(medications))


@rule("C22")
def recommended(facts: FactReader, edition: Edition) -> Answer:
    """None of the agonists goes before another by this rule."""
    free = _is_free(facts, edition)
    active = _if_known(partial(active_disorder, facts, edition))
    if active:
        return RuleSaid(active, AND_NALTREXONE if free else AGONISTS)
    at_risk = _at_risk(facts, free=free)
    if at_risk:
        return RuleSaid(at_risk, AGAINST_RETURN)
    active_disorder(facts, edition)
    return None


def _is_free(facts: FactReader, edition: Edition) -> bool:
    """No longer dependent, and without opioids for as long as naltrexone asks."""
    try:
        return facts.once(is_dependent, edition) is None and is_opioid_free(
            facts, edition
        )
    except Unanswered:
        return False


def _if_known[T](ask: "partial[T]") -> T | None:
    try:
        return ask()
    except Unanswered:
        return None


def _at_risk(facts: FactReader, *, free: bool) -> str | None:
    """In remission or without present use, and at risk of return to use."""
    risk = bool(facts.held("risk") & set(AT_RISK))
    remission = _if_known(partial(in_remission, facts))
    if not risk or not (remission or free):
        return None
    return f"{remission or 'No present use.'} Risk of return to use."


@rule("C23")
def informed_preference(facts: FactReader, _edition: Edition) -> Answer:
    wanted = facts.members("preference") & set(medicines().keys)
    if not wanted:
        return None
    because = f"The person prefers this{facts.dated('preference')}."
    return RuleSaid(because, says=each(Effect.PREFERRED, wanted))


@rule("C24")
def helped_before(facts: FactReader, edition: Edition) -> Answer:
    """What did not help, by the person's own account, is not offered for its days."""
    kept = [t for t in facts.trials() if _worked(t, edition)]
    if not kept:
        return None
    because = " ".join(_worked_words(t) for t in kept)
    return RuleSaid(because, says=each(Effect.PREFERRED, {t.medication for t in kept}))


def _worked(trial: Trial, edition: Edition) -> bool:
    if trial.helpful is not None:
        return trial.helpful
    days = trial.days
    if days is None and trial.weeks is not None:
        days = trial.weeks * DAYS_A_WEEK
    return days is not None and days >= edition["trial_kept_days"]


def _worked_words(trial: Trial) -> str:
    days = f"kept {trial.days} days" if trial.days is not None else "taken before"
    found = ", found helpful" if trial.helpful else ""
    return f"{_name(trial)}: {days}{found}."


def _name(trial: Trial) -> str:
    """The medication as a reader calls it, at the head of a sentence."""
    return capitalised(medicines().sentences[trial.medication])


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
    enough = (weeks_of(trial), edition["trial_weeks"])
    return _reaches((trial.dose, edition[least]), enough)


def weeks_of(trial: Trial) -> Decimal | None:
    """How long it was taken, as far as known."""
    if trial.weeks is None and trial.days is not None:
        return trial.days / DAYS_A_WEEK
    return trial.weeks


def _reaches(*amounts: tuple[object, object]) -> bool:
    if any(a is not None and a < least for a, least in amounts):  # type: ignore[operator]
        return False
    if any(a is None for a, _ in amounts):
        raise Unanswered("history")
    return True


@rule("C26")
def not_held_on_buprenorphine(facts: FactReader, edition: Edition) -> Answer:
    on_it = {"BUP_SL", "BUP_XR"} & set(taking(facts, edition))
    if not on_it:
        return None
    trouble = first(
        lambda: f"{facts.said('bam8')} of 4." if facts.number("bam8") else None,
        lambda: fentanyl_in_urine(facts),
        lambda: facts.stated(
            "cows", facts.number("cows") >= edition["withdrawal_cows"]
        ),
    )
    if trouble is None:
        return None
    dose = f"{facts.said('bup_dose')}. " if facts.maybe("bup_dose") else ""
    return RuleSaid(f"{dose}{trouble}", says=each(Effect.ACTION, on_it))


@rule("C27")
def methadone_for_high_tolerance(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: _very_high_tolerance(facts, edition),
        lambda: _buprenorphine_did_not_help(facts, edition),
    )


def _very_high_tolerance(facts: FactReader, edition: Edition) -> str | None:
    """As said in the last week, where daily use still supports it."""
    if facts.word("tolerance") != "very_high":
        return None
    if facts.once(tolerance, edition).is_low:
        return None
    used = facts.latest("last_short_acting_dt", "last_fentanyl_dt")
    if used is None or facts.as_of - facts.moment(used) > DAY:
        return None
    return "Very high opioid tolerance."


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


@rule("C29")
def first_month_is_the_concern(facts: FactReader, edition: Edition) -> Answer:
    """As said, after recent overdoses, or where tolerance is lost."""
    return first(
        lambda: facts.among_held("risk", "first_month_overdose"),
        lambda: _overdosed_lately(facts, edition),
        lambda: tolerance_is_low(facts, edition),
        lambda: facts.among("risk", "first_month_overdose"),
    )


def _overdosed_lately(facts: FactReader, edition: Edition) -> str | None:
    """Twice or more in 12 months, or once in 30 days and told in as many."""
    when, age = facts.word("overdose_hx"), facts.age("overdose_hx")
    year = edition.days("overdoses_days") * DAY
    if when == "several_past_12_months" and age is not None and age <= year:
        return "Two or more overdoses in the past 12 months."
    lately = age is not None and age <= edition.days("under_way_days") * DAY
    if when == "past_30_days" and lately:
        return "Overdose in the past 30 days."
    return None


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
    found = facts.members("household", "children", "pets")
    at_risk = found & {"children", "pets"}
    if at_risk and "no_lockable_storage" not in found and facts.yes("lock_box"):
        return None
    return named_household(at_risk)


def named_household(found: frozenset[str]) -> str | None:
    if not found:
        return None
    who = " and ".join(sorted(found))
    return f"In the household, nothing to lock medication in: {who}."


rules(
    C30=members(
        "request",
        {"withdrawal_management_only"},
        "Asks for withdrawal management only.",
    ),
    C32=always("Oral naltrexone for opioid use disorder: few people keep taking it."),
    C34=either(word("housing", "unhoused", "No home at present."), among("diversion")),
)
