"""C1, second half: starting buprenorphine, and low tolerance."""

from datetime import timedelta

from knowledge.editions import Edition
from knowledge.wording.dates import clock
from medications.rules.dependence import last_short_acting
from medications.rules.reading import Reading, first
from medications.rules.registry import Answer, Said, rule
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


def takes_buprenorphine(look: Reading) -> bool:
    """Already on it: what is about a first dose does not apply."""
    medicines = look.maybe("med_list")
    listed = isinstance(medicines, frozenset) and "buprenorphine" in medicines
    return listed or bool(look.maybe("bup_dose"))


def recent_fentanyl(look: Reading, edition: Edition) -> str | None:
    """Fentanyl within the window of a start, by account or in urine."""
    return first(
        lambda: _fentanyl_by_account(look, edition),
        lambda: _fentanyl_in_urine(look),
    )


def _fentanyl_by_account(look: Reading, edition: Edition) -> str | None:
    hours = timedelta(hours=edition.days("fentanyl_hours"))
    if look.since("last_fentanyl_dt") > hours:
        return None
    return f"{look.last('last_fentanyl_dt')}."


def _fentanyl_in_urine(look: Reading) -> str | None:
    if look.maybe("udt_fentanyl") is not None:
        positive = look.yes("udt_fentanyl")
    else:
        positive = bool(look.members("udt") & FENTANYL)
    return "Urine positive for fentanyl." if positive else None


@rule("C13")
def wait_after_short_acting(look: Reading, edition: Edition) -> Answer:
    if takes_buprenorphine(look):
        return None
    longest = timedelta(hours=edition.days("bup_wait_longest_hours"))
    if look.since("last_short_acting_dt") >= longest or _known_fentanyl(look, edition):
        return None
    last = look.moment("last_short_acting_dt")
    earliest = last + timedelta(hours=edition.days("bup_wait_hours"))
    because = (
        f"{look.last('last_short_acting_dt')}; usual wait until "
        f"{day(earliest)} {clock(earliest)}."
    )
    return Said(because, earliest=earliest, preferred_from=last + longest)


def _known_fentanyl(look: Reading, edition: Edition) -> bool:
    """Fentanyl has its own rule (C16); not knowing leaves the wait in place."""
    on_record = look.maybe("last_fentanyl_dt") is not None
    return on_record and _fentanyl_by_account(look, edition) is not None


@rule("C14")
def withdrawal_below_threshold(look: Reading, edition: Edition) -> Answer:
    protocol = str(look.maybe("protocol") or USUAL_PROTOCOL)
    if protocol in NEED_NO_WITHDRAWAL or _nothing_to_displace(look, edition):
        return None
    threshold = edition[THRESHOLDS[protocol]]
    if look.number("cows") < threshold:
        return f"{look.said('cows')}: below {threshold}, a first full dose could bring on withdrawal."
    if protocol in NEED_A_SIGN and not look.yes("objective_sign"):
        return f"{look.said('cows')}, but no objective sign of withdrawal."
    return None


def _nothing_to_displace(look: Reading, edition: Edition) -> bool:
    """On buprenorphine, not dependent, or long without opioids."""
    if takes_buprenorphine(look):
        return True
    dependent = look.maybe("phys_dependence")
    if dependent is not None:
        return dependent is False
    return _long_without_opioids(look, edition)


def _long_without_opioids(look: Reading, edition: Edition) -> bool:
    if look.maybe("last_short_acting_dt") is None:
        return False
    if look.maybe("last_long_acting_dt") is None:
        return False
    short = timedelta(edition.days("short_acting_days"))
    long = timedelta(edition.days("long_acting_full_days"))
    return last_short_acting(look, within=short) is None and (
        look.since("last_long_acting_dt") >= long
    )


@rule("C15")
def wait_after_long_acting(look: Reading, edition: Edition) -> Answer:
    if look.maybe("last_long_acting_drug") == "buprenorphine":
        return None
    if takes_buprenorphine(look):
        return None
    dose = look.maybe("mtd_dose")
    longest = timedelta(hours=edition.days("bup_after_long_longest_hours"))
    if not dose and look.since("last_long_acting_dt") >= longest:
        return None
    return _long_acting_start(look, edition, longest)


def _long_acting_start(look: Reading, edition: Edition, longest: timedelta) -> Said:
    parts = []
    if look.maybe("mtd_dose"):
        parts.append(_methadone_dose(look, edition))
    if look.maybe("last_long_acting_dt") is None:
        return Said(" ".join(parts))
    last = look.moment("last_long_acting_dt")
    earliest = last + timedelta(hours=edition.days("bup_after_long_hours"))
    parts.append(
        f"{look.last('last_long_acting_dt')}; not before {day(earliest)} {clock(earliest)}."
    )
    return Said(" ".join(parts), earliest=earliest, preferred_from=last + longest)


def _methadone_dose(look: Reading, edition: Edition) -> str:
    said = look.said("mtd_dose")
    if look.number("mtd_dose") > edition["bup_after_mtd_mg"]:
        return f"{said}: above {edition['bup_after_mtd_mg']} mg/day."
    return f"{said}."


@rule("C16")
def fentanyl_before_start(look: Reading, edition: Edition) -> Answer:
    return recent_fentanyl(look, edition)


@rule("C17")
def adulterants(look: Reading, _edition: Edition) -> Answer:
    return look.among("exposure")


@rule("C18")
def low_dose_start_fits(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: _if(look, "history_pw", "Precipitated withdrawal before."),
        lambda: _if(look, "full_agonist_need", "The full agonist cannot be stopped."),
        lambda: look.among("preference", "fear_of_withdrawal"),
    )


def _if(look: Reading, name: str, because: str) -> str | None:
    return because if look.yes(name) else None


@rule("C18a")
def prescribed_bridge(look: Reading, _edition: Edition) -> Answer:
    if look.word("protocol") != "low_dose_bridge":
        return None
    setting = look.maybe("setting")
    if setting in BRIDGE_SETTINGS:
        return f"Low-dose start with a full-agonist bridge ({setting}): within the usual reading."
    where = f"setting: {setting}" if setting else "setting not known"
    return f"Low-dose start with a full-agonist bridge ({where})."


@rule("C19")
def precipitated_withdrawal(look: Reading, edition: Edition) -> Answer:
    rise = look.number("cows_rise")
    if rise < edition["precipitated_cows_rise"]:
        return None
    return f"COWS rose by {rise} within 2 hours of buprenorphine."


@rule("C20")
def low_tolerance(look: Reading, edition: Edition) -> Answer:
    return tolerance_is_low(look, edition)


def tolerance_is_low(look: Reading, edition: Edition) -> str | None:
    """Said so, or opioid-free long enough; a stated tolerance goes first."""
    if look.maybe("tolerance") is not None:
        low = look.word("tolerance") == "low"
        return f"Opioid tolerance low{look.dated('tolerance')}." if low else None
    if takes_buprenorphine(look) or look.maybe("mtd_dose"):
        return None
    days = timedelta(edition.days("low_tolerance_days"))
    short, long = look.since("last_short_acting_dt"), look.maybe("last_long_acting_dt")
    recent = short <= days or last_short_acting(look, within=days)
    if recent or (long is not None and look.since("last_long_acting_dt") <= days):
        return None
    return f"{look.last('last_short_acting_dt')}: tolerance is lost after {edition['low_tolerance_days']} days."


@rule("C21")
def never_had_buprenorphine(look: Reading, _edition: Edition) -> Answer:
    return None if look.yes("bup_exposure") else "Has never taken buprenorphine."
