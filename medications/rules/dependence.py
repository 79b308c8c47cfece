"""C1, first half: diagnosis, and what must be over before naltrexone."""

from datetime import datetime, timedelta

from knowledge.editions import Edition
from knowledge.months import months_later
from medications.rules.reading import FactReader, Unanswered, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import rules, word
from medications.rules.words import day

SHORT = ("last_short_acting_dt", "last_fentanyl_dt")
OPIOIDS_IN_URINE = frozenset(
    [
        "opiate",
        "oxycodone",
        "hydromorphone",
        "fentanyl",
        "norfentanyl",
        "methadone",
        "eddp",
        "buprenorphine",
        "norbuprenorphine",
        "tramadol",
        "opioid_unspecified",
    ]
)


@rule("C01")
def meets_admission_diagnosis(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: active_disorder(facts, edition),
        lambda: _in_remission(facts),
        lambda: facts.among("risk", "high", "return_to_use", "overdose"),
    )


def active_disorder(facts: FactReader, edition: Edition) -> str | None:
    """Moderate or severe opioid use disorder, as recorded or by the count."""
    if facts.maybe("severity") is not None:
        severity = facts.word("severity")
        return f"Opioid use disorder, {severity}." if severity in ACTIVE else None
    count = facts.number("dsm_count")
    if count < edition["oud_moderate"]:
        return None
    severity = "severe" if count >= edition["oud_severe"] else "moderate"
    return f"{count} of 11 DSM-5 criteria met: {severity}."


ACTIVE = ("moderate", "severe")


def _in_remission(facts: FactReader) -> str | None:
    stage = facts.word("remission")
    return None if stage == "none" else f"In remission ({stage})."


@rule("C02")
def no_diagnosis(facts: FactReader, edition: Edition) -> Answer:
    if facts.maybe("severity") in (*ACTIVE, "mild"):
        return None
    if facts.maybe("remission") not in (None, "none"):
        return None
    count = facts.maybe("dsm_count")
    if count is None:
        return "No diagnosis of opioid use disorder is recorded."
    if facts.number("dsm_count") < edition["oud_criteria"]:
        return f"{count} of 11 DSM-5 criteria recorded; a diagnosis needs {edition['oud_criteria']}."
    return None


@rule("C03")
def physically_dependent(facts: FactReader, edition: Edition) -> Answer:
    """As recorded; where it is not, opioid withdrawal shows dependence."""
    if facts.maybe("phys_dependence") is None and _withdrawal_now(facts, edition):
        return f"{facts.said('cows')}: withdrawal shows physical dependence."
    if not facts.yes("phys_dependence"):
        return None
    return f"Physically dependent on opioids{facts.dated('phys_dependence')}."


def _withdrawal_now(facts: FactReader, edition: Edition) -> bool:
    if not facts.is_fresh("cows"):
        return False
    return facts.number("cows") >= edition["withdrawal_cows"]


@rule("C04")
def takes_opioids(facts: FactReader, edition: Edition) -> Answer:
    opioids = (
        edition.ingredients["opioid_analgesic"] | edition.ingredients["agonist_moud"]
    )
    return first(
        lambda: _dose(facts, "mtd_dose"),
        lambda: _dose(facts, "bup_dose"),
        lambda: named("Takes", facts.members("med_list") & opioids),
    )


def _dose(facts: FactReader, name: str) -> str | None:
    """A dose above none; no answer is left to the list of medicines."""
    return f"{facts.said(name)}." if facts.maybe(name) else None


@rule("C05")
def in_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    if facts.number("cows") < edition["withdrawal_cows"]:
        return None
    return f"{facts.said('cows')}: acute opioid withdrawal."


@rule("C06")
def short_acting_too_recent(facts: FactReader, edition: Edition) -> Answer:
    name = last_short_acting(facts, within=timedelta(edition.days("short_acting_days")))
    if name is None:
        return None
    last = facts.moment(name)
    earliest = last + timedelta(edition.days("short_acting_days"))
    preferred = last + timedelta(edition.days("short_acting_preferred_days"))
    because = (
        f"{facts.last(name)}; earliest {day(earliest)}, preferred {day(preferred)}."
    )
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


def last_short_acting(facts: FactReader, *, within: timedelta) -> str | None:
    """The latest short-acting use, if more recent than this.

    Recent fentanyl is enough to tell; its absence is not.
    """
    latest = facts.latest(*SHORT)
    if latest and facts.since(latest) < within:
        return latest
    if facts.maybe("last_short_acting_dt") is None:
        raise Unanswered("last_short_acting_dt")
    return None


@rule("C07")
def short_acting_fairly_recent(facts: FactReader, edition: Edition) -> Answer:
    preferred = timedelta(edition.days("short_acting_preferred_days"))
    name = last_short_acting(facts, within=preferred)
    if name is None or facts.since(name) < timedelta(edition.days("short_acting_days")):
        return None
    from_day = facts.moment(name) + preferred
    because = f"{facts.last(name)}; preferred from {day(from_day)}."
    return RuleSaid(because, preferred_from=from_day)


@rule("C08a")
def long_acting_too_recent(facts: FactReader, edition: Edition) -> Answer:
    if facts.since("last_long_acting_dt") >= timedelta(
        edition.days("long_acting_days")
    ):
        return None
    return _long_acting(facts, edition, "long_acting_days")


@rule("C08b")
def long_acting_fairly_recent(facts: FactReader, edition: Edition) -> Answer:
    since = facts.since("last_long_acting_dt")
    if since < timedelta(edition.days("long_acting_days")):
        return None
    if since >= timedelta(edition.days("long_acting_full_days")):
        return None
    return _long_acting(facts, edition, "long_acting_full_days")


def _long_acting(facts: FactReader, edition: Edition, wait: str) -> RuleSaid:
    last = facts.moment("last_long_acting_dt")
    earliest = last + timedelta(edition.days(wait))
    preferred = last + timedelta(edition.days("long_acting_full_days"))
    because = f"{facts.last('last_long_acting_dt')}; not before {day(earliest)}."
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


@rule("C09")
def depot_still_there(facts: FactReader, edition: Edition) -> Answer:
    last = facts.moment("last_bup_xr_dt")
    clear = months_after(last, edition.days("bup_xr_months"))
    if facts.as_of >= clear:
        return None
    because = f"{facts.last('last_bup_xr_dt')}; the depot lasts for months."
    return RuleSaid(because, earliest=clear)


def months_after(moment: datetime, months: int) -> datetime:
    """The same hour so many months later."""
    return datetime.combine(months_later(moment.date(), months), moment.timetz())


@rule("C10")
def opioid_in_urine(facts: FactReader, edition: Edition) -> Answer:
    within = timedelta(hours=edition.days("antagonist_udt_hours"))
    found: set[str] = set()
    if facts.maybe("udt_fentanyl", within=within) is True:
        found.add("fentanyl")
    if facts.maybe("udt") is not None or not found:
        found |= facts.members("udt", within=within) & OPIOIDS_IN_URINE
    return named("Urine positive for", found)


@rule("C11")
def challenge_positive(facts: FactReader, edition: Edition) -> Answer:
    """A challenge is only asked for in the windows of C07 and C08b."""
    result = facts.maybe("challenge")
    if result in ("positive", "doubtful"):
        return f"Naloxone challenge {result}{facts.dated('challenge')}."
    if result is not None:
        return None
    short = timedelta(edition.days("short_acting_preferred_days"))
    long = timedelta(edition.days("long_acting_full_days"))
    if (
        last_short_acting(facts, within=short)
        or facts.since("last_long_acting_dt") < long
    ):
        raise Unanswered("challenge")
    return None


rules(
    C12=word("challenge", "ordered", "A naloxone challenge is ordered."),
)
