"""C8, second half: names not known, new substances, and what comes before methadone."""

from datetime import timedelta
from typing import cast

from assessments.facts import NEVER
from knowledge.editions import Edition
from medications.rules.derived import is_dependent, tolerance
from medications.rules.reading import (
    MEDICINE_LISTS,
    FactReader,
    Unanswered,
    first,
    named,
)
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.under_way import DAY, taking
from medications.rules.words import listed

HOUR = timedelta(hours=1)
OPIOID_LIKE = frozenset(["kratom", "7_oh", "tianeptine"])
OPIOID_LIKE_NAMES = frozenset(
    ["kratom", "mitragynine", "7 hydroxymitragynine", "tianeptine"]
)
SEDATIVE_LIKE = frozenset(
    ["phenibut", "ghb", "baclofen", "bromazolam", "street_benzodiazepine"]
)
SEDATIVE_NAMES = frozenset(["phenibut", "ghb", "sodium oxybate", "bromazolam"])
WEAK_OPIOIDS = frozenset(["tramadol", "tapentadol"])
ALARMING = (
    "confusion",
    "staring",
    "hallucination",
    "rigidity",
    "heavy_tremor",
    "chest_pain",
)
SUSPECTED = frozenset(["xylazine", "medetomidine", "in_area"])
RHYTHM_RISKS = (
    "prior_qtc_over_450",
    "family_long_qt",
    "family_sudden_death",
    "syncope",
    "unexplained_seizure",
    "low_potassium",
    "low_magnesium",
    "ventricular_arrhythmia",
)
WEAK_HEART = ("heart_failure", "recent_mi")
TWO = 2


@rule("C127")
def medicine_not_recognised(facts: FactReader, _edition: Edition) -> Answer:
    unknown = facts.unrecognised_medicines()
    if not unknown:
        return None
    because = f"Not known: {'; '.join(sorted(unknown))}."
    return RuleSaid(because, asks=("med_unknown",))


@rule("C128")
def allergy_not_recognised(facts: FactReader, _edition: Edition) -> Answer:
    unknown = facts.unrecognised_allergies()
    if not unknown:
        return None
    because = f"Not known: {'; '.join(sorted(unknown))}."
    return RuleSaid(because, asks=("allergy_unknown",))


@rule("C129")
def very_potent_opioid(facts: FactReader, _edition: Edition) -> Answer:
    held = facts.held("exposure") | facts.held("supply") | facts.held("substances")
    if "nitazene" in held:
        return "A nitazene or another very potent opioid is known or suspected."
    facts.members("exposure", "nitazene")
    facts.members("supply", "nitazene")
    return None


@rule("C130")
def acts_like_an_opioid(facts: FactReader, _edition: Edition) -> Answer:
    """Whoever was asked for the last opioid of any kind was asked for these."""
    found = facts.held("substances") & OPIOID_LIKE
    found |= facts.medicines() & OPIOID_LIKE_NAMES
    if not found and facts.maybe("last_short_acting_dt", within=DAY) is None:
        facts.members("substances", *OPIOID_LIKE)
    return named("Taken regularly", found)


@rule("C131")
def sedative_withdrawal_ahead(facts: FactReader, _edition: Edition) -> Answer:
    found = facts.held("substances") & SEDATIVE_LIKE
    found |= facts.medicines() & SEDATIVE_NAMES
    if not found:
        facts.members("substances", *SEDATIVE_LIKE)
    return named("Taken daily", found)


@rule("C132")
def takes_a_weak_opioid(facts: FactReader, _edition: Edition) -> Answer:
    found = (facts.medicines() | facts.held("substances")) & WEAK_OPIOIDS
    return named("Takes", found or facts.takes(WEAK_OPIOIDS))


@rule("C133")
def withdrawal_unlike_the_others(facts: FactReader, edition: Edition) -> Answer:
    """A sign by itself that cannot wait, or two of pressure, pulse and vomiting."""
    if _is_far_from_withdrawal(facts, edition):
        return None
    alarming = facts.among_held("symptoms", *ALARMING)
    if alarming:
        return alarming
    signs = [sign for sign in _circulation(facts, edition) if sign]
    vomiting = "repeated_vomiting" in facts.held("symptoms")
    suspected = facts.held("exposure") & SUSPECTED
    if signs and (len(signs) >= TWO or vomiting or suspected):
        also = " Repeated vomiting." if vomiting else ""
        return f"{' '.join(signs)}{also}"
    if signs or suspected:
        facts.members("symptoms", *ALARMING)
    return None


def _is_far_from_withdrawal(facts: FactReader, edition: Edition) -> bool:
    """Tolerance is lost, and no score of now says otherwise."""
    score = facts.maybe_number("cows")
    if score is not None and score >= edition["withdrawal_cows"]:
        return False
    try:
        return facts.once(tolerance, edition).shows_time_without
    except Unanswered:
        return False


def _circulation(facts: FactReader, edition: Edition) -> list[str | None]:
    """What is too high of pressure and pulse; pressure counts once."""
    sbp, dbp, hr = map(facts.maybe_number, ("sbp", "dbp", "hr"))
    pressure = None
    if sbp is not None and sbp >= edition["crisis_sbp"]:
        pressure = f"{facts.said('sbp')}."
    elif dbp is not None and dbp >= edition["crisis_dbp"]:
        pressure = f"{facts.said('dbp')}."
    fast = hr is not None and hr >= edition["crisis_hr"]
    return [pressure, f"{facts.said('hr')}." if fast else None]


@rule("C134")
def ecg_before_methadone(facts: FactReader, edition: Edition) -> Answer:
    if "MTD" in taking(facts, edition) or _recent_ecg_is_fine(facts, edition):
        return None
    return first(
        lambda: facts.among_held("ecg_risk", *RHYTHM_RISKS),
        lambda: facts.among_held("cardiac", *WEAK_HEART, "congenital_long_qt"),
        lambda: "Heart failure." if "heart_failure" in facts.held("medical") else None,
        lambda: "Long QT known." if facts.maybe("long_qt") is True else None,
        lambda: _long_qtc(facts, edition),
        lambda: _two_drugs(facts, edition),
        lambda: facts.among("ecg_risk", *RHYTHM_RISKS),
        lambda: facts.among("cardiac", *WEAK_HEART),
    )


def _recent_ecg_is_fine(facts: FactReader, edition: Edition) -> bool:
    """An ECG of three months with a QTc below the cut, and no risk found since."""
    value = facts.maybe("qtc", within=edition.days("ecg_baseline_days") * DAY)
    if value is None or cast("int", value) >= edition["qtc_caution"]:
        return False
    age = facts.age("qtc") or timedelta(0)
    risks = ["ecg_risk", "cardiac", "medical"]
    if _two_drugs(facts, edition):
        risks += MEDICINE_LISTS
    return not any(
        facts.held(name) and (facts.age(name) or timedelta(0)) < age for name in risks
    )


def _long_qtc(facts: FactReader, edition: Edition) -> str | None:
    value = facts.maybe_number("qtc")
    long = value is not None and value > edition["qtc_caution"]
    return f"{facts.said('qtc')}." if long else None


def _two_drugs(facts: FactReader, edition: Edition) -> str | None:
    found = facts.medicines() & edition.ingredients["qt"]
    return f"QT medicines: {listed(found)}." if len(found) >= TWO else None


@rule("C135")
def methadone_from_elsewhere(facts: FactReader, _edition: Edition) -> Answer:
    """Said or listed, and not verified with the clinic that gave it."""
    if facts.old("mtd_verified") is True:
        return None
    listed_only = "methadone" in facts.medicines() and facts.old("mtd_dose") is None
    if facts.maybe("mtd_verified") is False or listed_only:
        return "Methadone from another program, not verified there."
    if facts.old("mtd_dose") is None and facts.old("last_long_acting_dt") is None:
        raise Unanswered("last_long_acting_dt", "mtd_dose")
    return None


@rule("C136")
def depot_from_elsewhere(facts: FactReader, edition: Edition) -> Answer:
    last = facts.get("last_bup_xr_dt")
    if last == NEVER or facts.old("last_bup_xr_drug") is not None:
        return None
    since = facts.as_of - facts.moment("last_bup_xr_dt")
    if since > edition.days("taking_sublocade_days") * DAY:
        return None
    return f"{facts.last('last_bup_xr_dt')}: product and strength not known."


@rule("C137")
def receptors_are_blocked(facts: FactReader, edition: Edition) -> Answer:
    tablets = "naltrexone" in facts.medicines()
    last = facts.old("last_ntx_dt")
    span = edition.days("ntx_block_days") * DAY
    if last not in (None, NEVER) and facts.as_of - facts.moment("last_ntx_dt") <= span:
        return RuleSaid(
            f"{facts.last('last_ntx_dt')}: opioids are blocked.",
            earliest=facts.moment("last_ntx_dt") + span,
        )
    if tablets:
        return "Takes naltrexone."
    if last is None and not _shows_no_block(facts, edition):
        raise Unanswered("last_ntx_dt")
    return None


def _shows_no_block(facts: FactReader, edition: Edition) -> bool:
    """Who is dependent or in withdrawal now is under no block."""
    try:
        return facts.once(is_dependent, edition) is not None
    except Unanswered:
        return False
