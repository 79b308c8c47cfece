"""C1, second half: starting buprenorphine, and low tolerance."""

from datetime import datetime, timedelta
from typing import cast

from assessments.facts import NEVER
from knowledge.editions import Edition
from knowledge.wording.dates import clock
from medications.rules.derived import is_dependent, tolerance
from medications.rules.reading import FactReader, Unanswered, first
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.under_way import DAY, taking
from medications.rules.words import day, listed

HOUR = timedelta(hours=1)
FENTANYL = frozenset(["fentanyl", "norfentanyl"])
# What makes an opioid put people to sleep without being one, and what points to it.
SLEEPERS = frozenset(["xylazine", "medetomidine"])
ADULTERANTS = (*SLEEPERS, "wounds", "in_area")
# The parameter that holds the lowest COWS of each start protocol.
THRESHOLDS = {
    "asam_2023": "cows_asam_2023",
    "high_dose": "cows_asam_2023",
    "asam_2020": "cows_asam_2020",
    "tip_63": "cows_tip_63",
    "moderate": "cows_moderate",
}
# The same where no protocol is named: the clinic's own choice.
CLINICS_CUT = "start_cows"
NEED_A_SIGN = ("asam_2023", "high_dose")
NEED_NO_WITHDRAWAL = ("low_dose", "low_dose_bridge")
BRIDGE_SETTINGS = ("hospital", "otp")
CANNOT_WAIT = "cannot_wait"
# The opioids that a standard start waits a day or more for.
LONG_ACTING = ("methadone", "er_opioid")


def recent_fentanyl(facts: FactReader, edition: Edition) -> str | None:
    """Fentanyl within the window of a start, by account or in urine."""
    return first(
        lambda: fentanyl_in_urine(facts),
        lambda: _fentanyl_by_account(facts, edition),
    )


def _fentanyl_by_account(facts: FactReader, edition: Edition) -> str | None:
    hours = edition.days("fentanyl_hours") * HOUR
    if facts.old("last_fentanyl_dt") is None and _urine_shows_none(facts, hours):
        return None
    if facts.used_within("last_fentanyl_dt", hours):
        return f"{facts.last('last_fentanyl_dt')}."
    return None


def _urine_shows_none(facts: FactReader, span: timedelta) -> bool:
    """Negative within the window itself: it would show use in it."""
    if facts.maybe("udt_fentanyl", within=span) is not None:
        return facts.maybe("udt_fentanyl") is False
    try:
        return not facts.members("udt", *FENTANYL, within=span) & FENTANYL
    except Unanswered:
        return False


def fentanyl_in_urine(facts: FactReader) -> str | None:
    """Positive in the last two weeks, by itself or among what urine held."""
    if facts.maybe("udt_fentanyl") is True or facts.held("udt") & FENTANYL:
        return "Urine positive for fentanyl."
    if facts.maybe("udt_fentanyl") is None:
        facts.members("udt", *FENTANYL)
    return None


@rule("C13")
def wait_after_short_acting(facts: FactReader, edition: Edition) -> Answer:
    longest = edition.days("bup_wait_longest_hours") * HOUR
    if _known_fentanyl(facts, edition):
        return None
    if not facts.used_within("last_short_acting_dt", longest):
        return None
    last = facts.moment("last_short_acting_dt")
    earliest = last + edition.days("bup_wait_hours") * HOUR
    if facts.as_of >= earliest and _is_in_withdrawal(facts, edition):
        return None
    because = (
        f"{facts.last('last_short_acting_dt')}; usual wait until "
        f"{day(earliest)} {clock(earliest)}."
    )
    return RuleSaid(because, earliest=earliest, preferred_from=last + longest)


def _known_fentanyl(facts: FactReader, edition: Edition) -> bool:
    """Fentanyl has its own rule (C16); not knowing leaves the wait in place."""
    known = facts.old("last_fentanyl_dt")
    if known in (None, NEVER):
        return False
    return _fentanyl_by_account(facts, edition) is not None


def _is_in_withdrawal(facts: FactReader, edition: Edition) -> bool:
    """Whether COWS is high enough for the clinic's protocol, as scored now."""
    try:
        return below_threshold(facts, edition) is None
    except Unanswered:
        return False


@rule("C14")
def withdrawal_below_threshold(facts: FactReader, edition: Edition) -> Answer:
    """About the hour of the dose, never about the medicine."""
    protocol = facts.maybe("protocol")
    if protocol in NEED_NO_WITHDRAWAL or _nothing_to_displace(facts, edition):
        return None
    return below_threshold(facts, edition)


def below_threshold(facts: FactReader, edition: Edition) -> str | None:
    """Why COWS is too low for the protocol of the clinic; None where it is not."""
    protocol = facts.maybe("protocol")
    threshold = edition[THRESHOLDS.get(str(protocol), CLINICS_CUT)]
    score = facts.number("cows")
    if score < threshold:
        return f"{facts.said('cows')}: below {threshold}, a first full dose could bring on withdrawal."
    may_need_a_sign = protocol is None or protocol in NEED_A_SIGN
    sign_is_asked = may_need_a_sign and score < edition["cows_asam_2020"]
    if sign_is_asked and not facts.yes("objective_sign"):
        return f"{facts.said('cows')}, but no objective sign of withdrawal."
    return None


def _nothing_to_displace(facts: FactReader, edition: Edition) -> bool:
    """Lost tolerance, or not dependent: no score of withdrawal is called for."""
    try:
        if facts.once(tolerance, edition).shows_time_without:
            return True
    except Unanswered:
        pass
    try:
        return facts.once(is_dependent, edition) is None
    except Unanswered:
        return False


@rule("C15")
def wait_after_long_acting(facts: FactReader, edition: Edition) -> Answer:
    drug = facts.maybe("last_long_acting_drug")
    if drug == "buprenorphine":
        return None
    longest = edition.days("bup_after_long_longest_hours") * HOUR
    methadone = taking(facts, edition).get("MTD")
    hour_not_known = methadone is not None and methadone.last is None
    if not hour_not_known and not facts.used_within("last_long_acting_dt", longest):
        return None
    return _long_acting_start(facts, edition, longest)


def _long_acting_start(
    facts: FactReader, edition: Edition, longest: timedelta
) -> RuleSaid:
    parts = []
    if facts.maybe("mtd_dose"):
        parts.append(_methadone_dose(facts, edition))
    if facts.old("last_long_acting_dt") in (None, NEVER):
        return RuleSaid(" ".join(parts) or "Takes methadone.")
    last = facts.moment("last_long_acting_dt")
    earliest = last + edition.days("bup_after_long_hours") * HOUR
    parts.append(
        f"{facts.last('last_long_acting_dt')}; not before {day(earliest)} {clock(earliest)}."
    )
    return RuleSaid(" ".join(parts), earliest=earliest, preferred_from=last + longest)


def _methadone_dose(facts: FactReader, edition: Edition) -> str:
    said = facts.said("mtd_dose")
    if facts.number("mtd_dose") > edition["bup_after_mtd_mg"]:
        return f"{said}: above {edition['bup_after_mtd_mg']} mg/day."
    return f"{said}."


@rule("C16")
def fentanyl_before_start(facts: FactReader, edition: Edition) -> Answer:
    return recent_fentanyl(facts, edition)


@rule("C18")
def low_dose_start_is_called_for(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: _methadone_under_way(facts, edition),
        lambda: facts.if_yes("history_pw", "Precipitated withdrawal before."),
        lambda: facts.if_yes(
            "full_agonist_need", "The full agonist cannot be stopped."
        ),
        lambda: _cannot_wait(facts, edition),
        lambda: facts.among("preference", "fear_of_withdrawal", "BUP_LOW"),
    )


def _methadone_under_way(facts: FactReader, edition: Edition) -> str | None:
    on_it = "MTD" in taking(facts, edition)
    return "Methadone is under way: the overlap keeps it on." if on_it else None


def _cannot_wait(facts: FactReader, edition: Edition) -> str | None:
    """COWS is too low now, and the person cannot or will not wait."""
    if CANNOT_WAIT not in facts.held("preference"):
        return None
    return "Cannot wait for withdrawal." if below_threshold(facts, edition) else None


@rule("C18a")
def prescribed_bridge(facts: FactReader, _edition: Edition) -> Answer:
    if facts.word("protocol") != "low_dose_bridge":
        return None
    setting = facts.maybe("setting")
    if setting in BRIDGE_SETTINGS:
        return f"Low-dose start with a full-agonist bridge ({setting}): within the usual reading."
    where = f"setting: {setting}" if setting else "setting not known"
    return f"Low-dose start with a full-agonist bridge ({where})."


@rule("C19")
def precipitated_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    rise = facts.number("cows_rise")
    if rise < edition["precipitated_cows_rise"]:
        return None
    return f"COWS rose by {rise} within 2 hours of buprenorphine."


@rule("C20")
def low_tolerance(facts: FactReader, edition: Edition) -> Answer:
    because = tolerance_is_low(facts, edition)
    if because is None or not facts.once(tolerance, edition).is_presumed:
        return because
    return RuleSaid(because, asks=("last_short_acting_dt", "tolerance"))


def tolerance_is_low(facts: FactReader, edition: Edition) -> str | None:
    """Why tolerance counts as lost; beside it what was said, where that differs."""
    found = facts.once(tolerance, edition)
    if not found.is_low:
        return None
    said = facts.maybe("tolerance")
    if said in (None, "low"):
        return found.because
    return f"{found.because} Said to be {str(said).replace('_', ' ')}{facts.dated('tolerance')}: the lower one counts."


@rule("C21")
def no_test_dose_yet(facts: FactReader, edition: Edition) -> Answer:
    """Nothing under the tongue in the last week; what was taken years ago is no test."""
    week = edition.days("bup_tolerated_days") * DAY
    if _took_buprenorphine(facts, week):
        return None
    tolerated = facts.maybe("bup_exposure", within=week)
    if tolerated is None and facts.maybe("bup_dose") != 0:
        raise Unanswered("bup_exposure")
    return None if tolerated else "No buprenorphine under the tongue in the past week."


def _took_buprenorphine(facts: FactReader, span: timedelta) -> bool:
    last = facts.old("last_long_acting_dt")
    if last in (None, NEVER) or facts.old("last_long_acting_drug") != "buprenorphine":
        return False
    return facts.as_of - cast("datetime", last) <= span


@rule("C17")
def adulterated_supply(facts: FactReader, _edition: Edition) -> Answer:
    """Suspected, found in urine, by its wounds, or known in the area."""
    suspected = facts.among_held("exposure", *ADULTERANTS)
    found = facts.held("udt") & SLEEPERS
    if suspected or found:
        return suspected or f"Urine positive for {listed(found)}."
    return facts.among("exposure", *ADULTERANTS)
