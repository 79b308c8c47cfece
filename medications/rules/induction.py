"""C1, second half: starting buprenorphine, and low tolerance."""

from datetime import timedelta

from knowledge.editions import Edition
from knowledge.wording.dates import clock
from medications.rules.dependence import last_short_acting
from medications.rules.reading import FactReader, first
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import among, either, no, rules, yes
from medications.rules.words import day

FENTANYL = frozenset(["fentanyl", "norfentanyl"])
# The parameter that holds the lowest COWS of each start protocol.
THRESHOLDS = {
    "asam_2023": "cows_asam_2023",
    "high_dose": "cows_asam_2023",
    "asam_2020": "cows_asam_2020",
    "tip_63": "cows_tip_63",
    "moderate": "cows_moderate",
}
USUAL_PROTOCOL = "asam_2020"
NEED_A_SIGN = ("asam_2023", "high_dose")
NEED_NO_WITHDRAWAL = ("low_dose", "low_dose_bridge")
BRIDGE_SETTINGS = ("hospital", "otp")


def takes_buprenorphine(facts: FactReader) -> bool:
    """Already on it: what is about a first dose does not apply."""
    medicines = facts.maybe("med_list")
    listed = isinstance(medicines, frozenset) and "buprenorphine" in medicines
    return listed or bool(facts.maybe("bup_dose"))


def recent_fentanyl(facts: FactReader, edition: Edition) -> str | None:
    """Fentanyl within the window of a start, by account or in urine."""
    return first(
        lambda: _fentanyl_by_account(facts, edition),
        lambda: _fentanyl_in_urine(facts),
    )


def _fentanyl_by_account(facts: FactReader, edition: Edition) -> str | None:
    hours = timedelta(hours=edition.days("fentanyl_hours"))
    if facts.since("last_fentanyl_dt") > hours:
        return None
    return f"{facts.last('last_fentanyl_dt')}."


def _fentanyl_in_urine(facts: FactReader) -> str | None:
    if facts.maybe("udt_fentanyl") is not None:
        positive = facts.yes("udt_fentanyl")
    else:
        positive = bool(facts.members("udt") & FENTANYL)
    return "Urine positive for fentanyl." if positive else None


@rule("C13")
def wait_after_short_acting(facts: FactReader, edition: Edition) -> Answer:
    if takes_buprenorphine(facts):
        return None
    longest = timedelta(hours=edition.days("bup_wait_longest_hours"))
    if facts.since("last_short_acting_dt") >= longest or _known_fentanyl(
        facts, edition
    ):
        return None
    last = facts.moment("last_short_acting_dt")
    earliest = last + timedelta(hours=edition.days("bup_wait_hours"))
    because = (
        f"{facts.last('last_short_acting_dt')}; usual wait until "
        f"{day(earliest)} {clock(earliest)}."
    )
    return RuleSaid(because, earliest=earliest, preferred_from=last + longest)


def _known_fentanyl(facts: FactReader, edition: Edition) -> bool:
    """Fentanyl has its own rule (C16); not knowing leaves the wait in place."""
    on_record = facts.maybe("last_fentanyl_dt") is not None
    return on_record and _fentanyl_by_account(facts, edition) is not None


@rule("C14")
def withdrawal_below_threshold(facts: FactReader, edition: Edition) -> Answer:
    protocol = str(facts.maybe("protocol") or USUAL_PROTOCOL)
    if protocol in NEED_NO_WITHDRAWAL or _nothing_to_displace(facts, edition):
        return None
    threshold = edition[THRESHOLDS[protocol]]
    if facts.number("cows") < threshold:
        return f"{facts.said('cows')}: below {threshold}, a first full dose could bring on withdrawal."
    if protocol in NEED_A_SIGN and not facts.yes("objective_sign"):
        return f"{facts.said('cows')}, but no objective sign of withdrawal."
    return None


def _nothing_to_displace(facts: FactReader, edition: Edition) -> bool:
    """On buprenorphine, not dependent, or long without opioids."""
    if takes_buprenorphine(facts):
        return True
    dependent = facts.maybe("phys_dependence")
    if dependent is not None:
        return dependent is False
    return _long_without_opioids(facts, edition)


def _long_without_opioids(facts: FactReader, edition: Edition) -> bool:
    if facts.maybe("last_short_acting_dt") is None:
        return False
    if facts.maybe("last_long_acting_dt") is None:
        return False
    short = timedelta(edition.days("short_acting_days"))
    long = timedelta(edition.days("long_acting_full_days"))
    return last_short_acting(facts, within=short) is None and (
        facts.since("last_long_acting_dt") >= long
    )


@rule("C15")
def wait_after_long_acting(facts: FactReader, edition: Edition) -> Answer:
    if facts.maybe("last_long_acting_drug") == "buprenorphine":
        return None
    if takes_buprenorphine(facts):
        return None
    dose = facts.maybe("mtd_dose")
    longest = timedelta(hours=edition.days("bup_after_long_longest_hours"))
    if not dose and facts.since("last_long_acting_dt") >= longest:
        return None
    return _long_acting_start(facts, edition, longest)


def _long_acting_start(
    facts: FactReader, edition: Edition, longest: timedelta
) -> RuleSaid:
    parts = []
    if facts.maybe("mtd_dose"):
        parts.append(_methadone_dose(facts, edition))
    if facts.maybe("last_long_acting_dt") is None:
        return RuleSaid(" ".join(parts))
    last = facts.moment("last_long_acting_dt")
    earliest = last + timedelta(hours=edition.days("bup_after_long_hours"))
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
    return tolerance_is_low(facts, edition)


def tolerance_is_low(facts: FactReader, edition: Edition) -> str | None:
    """Said so, or opioid-free long enough; a stated tolerance goes first."""
    if facts.maybe("tolerance") is not None:
        low = facts.word("tolerance") == "low"
        return f"Opioid tolerance low{facts.dated('tolerance')}." if low else None
    if takes_buprenorphine(facts) or facts.maybe("mtd_dose"):
        return None
    days = timedelta(edition.days("low_tolerance_days"))
    short, long = (
        facts.since("last_short_acting_dt"),
        facts.maybe("last_long_acting_dt"),
    )
    recent = short <= days or last_short_acting(facts, within=days)
    if recent or (long is not None and facts.since("last_long_acting_dt") <= days):
        return None
    return f"{facts.last('last_short_acting_dt')}: tolerance is lost after {edition['low_tolerance_days']} days."


rules(
    C17=among("exposure"),
    C18=either(
        yes("history_pw", "Precipitated withdrawal before."),
        yes("full_agonist_need", "The full agonist cannot be stopped."),
        among("preference", "fear_of_withdrawal"),
    ),
    C21=no("bup_exposure", "Has never taken buprenorphine."),
)
