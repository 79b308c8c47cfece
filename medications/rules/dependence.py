"""C1, first half: diagnosis, and what must be over before naltrexone."""

from datetime import datetime, timedelta

from knowledge.editions import Edition
from knowledge.months import months_later
from medications.rules.reading import Reading, Unanswered, first, named
from medications.rules.registry import Answer, RuleSaid, rule
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
def meets_admission_diagnosis(look: Reading, edition: Edition) -> Answer:
    return first(
        lambda: active_disorder(look, edition),
        lambda: _in_remission(look),
        lambda: look.among("risk", "high", "return_to_use", "overdose"),
    )


def active_disorder(look: Reading, edition: Edition) -> str | None:
    """Moderate or severe opioid use disorder, as recorded or by the count."""
    if look.maybe("severity") is not None:
        severity = look.word("severity")
        return f"Opioid use disorder, {severity}." if severity in ACTIVE else None
    count = look.number("dsm_count")
    if count < edition["oud_moderate"]:
        return None
    severity = "severe" if count >= edition["oud_severe"] else "moderate"
    return f"{count} of 11 DSM-5 criteria met: {severity}."


ACTIVE = ("moderate", "severe")


def _in_remission(look: Reading) -> str | None:
    stage = look.word("remission")
    return None if stage == "none" else f"In remission ({stage})."


@rule("C02")
def no_diagnosis(look: Reading, edition: Edition) -> Answer:
    if look.maybe("severity") in (*ACTIVE, "mild"):
        return None
    if look.maybe("remission") not in (None, "none"):
        return None
    count = look.maybe("dsm_count")
    if count is None:
        return "No diagnosis of opioid use disorder is recorded."
    if look.number("dsm_count") < edition["oud_criteria"]:
        return f"{count} of 11 DSM-5 criteria recorded; a diagnosis needs {edition['oud_criteria']}."
    return None


@rule("C03")
def physically_dependent(look: Reading, edition: Edition) -> Answer:
    """As recorded; where it is not, opioid withdrawal shows dependence."""
    if look.maybe("phys_dependence") is None and _withdrawal_now(look, edition):
        return f"{look.said('cows')}: withdrawal shows physical dependence."
    if not look.yes("phys_dependence"):
        return None
    return f"Physically dependent on opioids{look.dated('phys_dependence')}."


def _withdrawal_now(look: Reading, edition: Edition) -> bool:
    if not look.is_fresh("cows"):
        return False
    return look.number("cows") >= edition["withdrawal_cows"]


@rule("C04")
def takes_opioids(look: Reading, edition: Edition) -> Answer:
    opioids = (
        edition.ingredients["opioid_analgesic"] | edition.ingredients["agonist_moud"]
    )
    return first(
        lambda: _dose(look, "mtd_dose"),
        lambda: _dose(look, "bup_dose"),
        lambda: named("Takes", look.members("med_list") & opioids),
    )


def _dose(look: Reading, name: str) -> str | None:
    """A dose above none; no answer is left to the list of medicines."""
    return f"{look.said(name)}." if look.maybe(name) else None


@rule("C05")
def in_withdrawal(look: Reading, edition: Edition) -> Answer:
    if look.number("cows") < edition["withdrawal_cows"]:
        return None
    return f"{look.said('cows')}: acute opioid withdrawal."


@rule("C06")
def short_acting_too_recent(look: Reading, edition: Edition) -> Answer:
    name = last_short_acting(look, within=timedelta(edition.days("short_acting_days")))
    if name is None:
        return None
    last = look.moment(name)
    earliest = last + timedelta(edition.days("short_acting_days"))
    preferred = last + timedelta(edition.days("short_acting_preferred_days"))
    because = (
        f"{look.last(name)}; earliest {day(earliest)}, preferred {day(preferred)}."
    )
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


def last_short_acting(look: Reading, *, within: timedelta) -> str | None:
    """The latest short-acting use, if more recent than this.

    Recent fentanyl is enough to tell; its absence is not.
    """
    latest = look.latest(*SHORT)
    if latest and look.since(latest) < within:
        return latest
    if look.maybe("last_short_acting_dt") is None:
        raise Unanswered("last_short_acting_dt")
    return None


@rule("C07")
def short_acting_fairly_recent(look: Reading, edition: Edition) -> Answer:
    preferred = timedelta(edition.days("short_acting_preferred_days"))
    name = last_short_acting(look, within=preferred)
    if name is None or look.since(name) < timedelta(edition.days("short_acting_days")):
        return None
    from_day = look.moment(name) + preferred
    because = f"{look.last(name)}; preferred from {day(from_day)}."
    return RuleSaid(because, preferred_from=from_day)


@rule("C08a")
def long_acting_too_recent(look: Reading, edition: Edition) -> Answer:
    if look.since("last_long_acting_dt") >= timedelta(edition.days("long_acting_days")):
        return None
    return _long_acting(look, edition, "long_acting_days")


@rule("C08b")
def long_acting_fairly_recent(look: Reading, edition: Edition) -> Answer:
    since = look.since("last_long_acting_dt")
    if since < timedelta(edition.days("long_acting_days")):
        return None
    if since >= timedelta(edition.days("long_acting_full_days")):
        return None
    return _long_acting(look, edition, "long_acting_full_days")


def _long_acting(look: Reading, edition: Edition, wait: str) -> RuleSaid:
    last = look.moment("last_long_acting_dt")
    earliest = last + timedelta(edition.days(wait))
    preferred = last + timedelta(edition.days("long_acting_full_days"))
    because = f"{look.last('last_long_acting_dt')}; not before {day(earliest)}."
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


@rule("C09")
def depot_still_there(look: Reading, edition: Edition) -> Answer:
    last = look.moment("last_bup_xr_dt")
    clear = months_after(last, edition.days("bup_xr_months"))
    if look.as_of >= clear:
        return None
    because = f"{look.last('last_bup_xr_dt')}; the depot lasts for months."
    return RuleSaid(because, earliest=clear)


def months_after(moment: datetime, months: int) -> datetime:
    """The same hour so many months later."""
    return datetime.combine(months_later(moment.date(), months), moment.timetz())


@rule("C10")
def opioid_in_urine(look: Reading, edition: Edition) -> Answer:
    within = timedelta(hours=edition.days("antagonist_udt_hours"))
    found: set[str] = set()
    if look.maybe("udt_fentanyl", within=within) is True:
        found.add("fentanyl")
    if look.maybe("udt") is not None or not found:
        found |= look.members("udt", within=within) & OPIOIDS_IN_URINE
    return named("Urine positive for", found)


@rule("C11")
def challenge_positive(look: Reading, edition: Edition) -> Answer:
    """A challenge is only asked for in the windows of C07 and C08b."""
    result = look.maybe("challenge")
    if result in ("positive", "doubtful"):
        return f"Naloxone challenge {result}{look.dated('challenge')}."
    if result is not None:
        return None
    short = timedelta(edition.days("short_acting_preferred_days"))
    long = timedelta(edition.days("long_acting_full_days"))
    if (
        last_short_acting(look, within=short)
        or look.since("last_long_acting_dt") < long
    ):
        raise Unanswered("challenge")
    return None


@rule("C12")
def challenge_ordered(look: Reading, _edition: Edition) -> Answer:
    if look.word("challenge") != "ordered":
        return None
    return "A naloxone challenge is ordered."
