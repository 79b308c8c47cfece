"""C1, first half: diagnosis, and what must be over before naltrexone."""

from datetime import datetime, timedelta
from typing import cast

from assessments.facts import NEVER
from knowledge.editions import Edition
from knowledge.months import months_later
from medications.rules.derived import is_dependent
from medications.rules.effects import read_says
from medications.rules.reading import FactReader, Unanswered, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.under_way import DAY, taking
from medications.rules.words import day

HOUR = timedelta(hours=1)
SHORT = ("last_short_acting_dt", "last_fentanyl_dt")
# Short-acting opioids that no usual panel shows (reference C130, C132).
UNUSUAL = frozenset(
    ["kratom", "7_oh", "tianeptine", "nitazene", "tramadol", "tapentadol"]
)
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
ACTIVE = ("moderate", "severe")
AT_RISK = ("high", "return_to_use", "overdose", "first_month_overdose")
# What C08b says once a late challenge and urine are negative.
WEAKENED = read_says("NTX_XR,NTX_PO=CAUTION")
CLOSED = read_says("NTX_XR,NTX_PO=CAUTION")


@rule("C01")
def meets_admission_diagnosis(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: active_disorder(facts, edition),
        lambda: in_remission(facts),
        lambda: facts.among("risk", *AT_RISK),
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


def in_remission(facts: FactReader) -> str | None:
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
        because = "No diagnosis of opioid use disorder is recorded."
        return RuleSaid(because, asks=("severity",))
    if facts.number("dsm_count") < edition["oud_criteria"]:
        return f"{count} of 11 DSM-5 criteria recorded; a diagnosis needs {edition['oud_criteria']}."
    return None


@rule("C03")
def physically_dependent(facts: FactReader, edition: Edition) -> Answer:
    """As said or derived; a "no" counts for three days before an antagonist."""
    because = facts.once(is_dependent, edition)
    if because is None:
        facts.get("phys_dependence", within=edition.days("not_dependent_hours") * HOUR)
    return because


@rule("C04")
def takes_opioids(facts: FactReader, edition: Edition) -> Answer:
    opioids = (
        edition.ingredients["opioid_analgesic"] | edition.ingredients["agonist_moud"]
    )
    return first(
        lambda: _dose_now(facts, edition, "MTD", "mtd_dose"),
        lambda: _dose_now(facts, edition, "BUP_SL", "bup_dose"),
        lambda: named("Takes", facts.takes(opioids)),
    )


def _dose_now(
    facts: FactReader, edition: Edition, family: str, name: str
) -> str | None:
    """A dose that is taken now; no answer is left to the list of medicines."""
    course = taking(facts, edition).get(family)
    return f"{facts.said(name)}." if course is not None and course.dose else None


@rule("C05")
def in_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    if facts.number("cows") < edition["withdrawal_cows"]:
        return None
    return f"{facts.said('cows')}: acute opioid withdrawal."


@rule("C06")
def short_acting_too_recent(facts: FactReader, edition: Edition) -> Answer:
    name = last_short_acting(facts, within=edition.days("short_acting_days") * DAY)
    if name is None:
        return None
    last = facts.moment(name)
    earliest = last + edition.days("short_acting_days") * DAY
    preferred = last + edition.days("short_acting_preferred_days") * DAY
    because = (
        f"{facts.last(name)}; earliest {day(earliest)}, preferred {day(preferred)}."
    )
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


def last_short_acting(facts: FactReader, *, within: timedelta) -> str | None:
    """The latest short-acting use, if more recent than this and told in the last day.

    Recent fentanyl is enough to tell; its absence is not. An old report only says that
    the last use was then or later: today's answer is asked for.
    """
    latest = facts.latest(*SHORT)
    if latest and facts.as_of - facts.moment(latest) < within:
        facts.get(latest, within=DAY)
        return latest
    facts.get("last_short_acting_dt", within=DAY)
    if facts.held("substances") & UNUSUAL:
        raise Unanswered("last_short_acting_dt")
    return None


@rule("C07")
def short_acting_fairly_recent(facts: FactReader, edition: Edition) -> Answer:
    preferred = edition.days("short_acting_preferred_days") * DAY
    name = last_short_acting(facts, within=preferred)
    if name is None:
        return None
    last = facts.moment(name)
    if facts.as_of - last < edition.days("short_acting_days") * DAY:
        return None
    from_day = last + preferred
    because = f"{facts.last(name)}; preferred from {day(from_day)}."
    if _urine_is_clear(facts, edition) and _challenge_is_negative(facts):
        return RuleSaid(because, CLOSED, preferred_from=from_day)
    return RuleSaid(because, preferred_from=from_day)


def _urine_is_clear(facts: FactReader, edition: Edition) -> bool:
    """Negative for opioids, fentanyl included, in the last three days."""
    within = edition.days("antagonist_udt_hours") * HOUR
    try:
        opioids = facts.members("udt", *OPIOIDS_IN_URINE, within=within)
        return not opioids & OPIOIDS_IN_URINE and not facts.yes(
            "udt_fentanyl", within=within
        )
    except Unanswered:
        return False


def _challenge_is_negative(facts: FactReader) -> bool:
    return facts.maybe("challenge", within=DAY) == "negative"


@rule("C08a")
def long_acting_too_recent(facts: FactReader, edition: Edition) -> Answer:
    if _since_long_acting(facts) >= edition.days("long_acting_days") * DAY:
        return None
    return _long_acting(facts, edition, "long_acting_days")


def _since_long_acting(facts: FactReader) -> timedelta:
    """Time since the last one, as told in the last day; a dose log tells it always."""
    return facts.since(
        "last_long_acting_dt", within=None if _was_logged(facts) else DAY
    )


def _was_logged(facts: FactReader) -> bool:
    """Whether the moment was noted as the dose was given."""
    age, last = facts.age("last_long_acting_dt"), facts.old("last_long_acting_dt")
    if age is None or last == NEVER:
        return False
    return facts.as_of - age == cast("datetime", last)


@rule("C08b")
def long_acting_fairly_recent(facts: FactReader, edition: Edition) -> Answer:
    since = _since_long_acting(facts)
    if since < edition.days("long_acting_days") * DAY:
        return None
    if since >= edition.days("long_acting_full_days") * DAY:
        return None
    said = _long_acting(facts, edition, "long_acting_full_days")
    late = since >= edition.days("long_acting_challenge_days") * DAY
    if late and _challenge_is_negative(facts) and _urine_is_clear(facts, edition):
        because = f"{said.because} Naloxone challenge and urine negative."
        return RuleSaid(because, WEAKENED, preferred_from=said.preferred_from)
    return said


def _long_acting(facts: FactReader, edition: Edition, wait: str) -> RuleSaid:
    last = facts.moment("last_long_acting_dt")
    earliest = last + edition.days(wait) * DAY
    preferred = last + edition.days("long_acting_full_days") * DAY
    because = f"{facts.last('last_long_acting_dt')}; not before {day(earliest)}."
    return RuleSaid(because, earliest=earliest, preferred_from=preferred)


@rule("C09")
def depot_still_there(facts: FactReader, edition: Edition) -> Answer:
    last = cast("datetime", facts.get("last_bup_xr_dt"))
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
    within = edition.days("antagonist_udt_hours") * HOUR
    found = facts.held("udt", within=within) & OPIOIDS_IN_URINE
    if facts.maybe("udt_fentanyl", within=within) is True:
        found |= {"fentanyl"}
    if not found:
        facts.members("udt", *OPIOIDS_IN_URINE, within=within)
    return named("Urine positive for", found)


@rule("C11")
def challenge_positive(facts: FactReader, edition: Edition) -> Answer:
    """A challenge is only asked for in the windows of C07 and C08b."""
    result = facts.maybe("challenge")
    if result in ("positive", "doubtful"):
        return f"Naloxone challenge {result}{facts.dated('challenge')}."
    if result is not None:
        return None
    short = edition.days("short_acting_preferred_days") * DAY
    long = edition.days("long_acting_full_days") * DAY
    if last_short_acting(facts, within=short) or _since_long_acting(facts) < long:
        raise Unanswered("challenge")
    return None


@rule("C12")
def challenge_is_ordered(facts: FactReader, _edition: Edition) -> Answer:
    ordered = facts.maybe("challenge") == "ordered"
    return "A naloxone challenge is ordered." if ordered else None
