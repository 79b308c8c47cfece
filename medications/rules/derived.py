"""Tolerance and dependence, derived from what was last taken (reference C0.7). No Django."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from assessments.facts import NEVER
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.reading import FactReader, Unanswered
from medications.rules.under_way import DAY, courses, ended, takes_agonist
from medications.rules.words import capitalised, day

OPIOIDS = ("last_short_acting_dt", "last_fentanyl_dt", "last_long_acting_dt")


class Level(StrEnum):
    LOW = "low"
    REDUCED = "reduced"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much tolerance is left, and what that rests on."""

    level: Level
    because: str
    # Nobody told of opioids since a treatment ended: low for a dose, no proof of time without.
    is_presumed: bool = False

    @property
    def is_low(self) -> bool:
        return self.level is Level.LOW

    @property
    def shows_time_without(self) -> bool:
        """Low by a time without opioids that is known."""
        return self.is_low and not self.is_presumed


def tolerance(facts: FactReader, edition: Edition) -> Tolerance:
    """The lowest tolerance that fits the facts.

    Doses and days missed, then the last opioid, then times without; what was said
    counts only where nothing else tells. Raises Unanswered where nothing does.
    """
    away = _after_a_time_without(facts, edition)
    if away is not None:
        return away
    if takes_agonist(facts, edition):
        return Tolerance(Level.KEPT, "Takes an agonist now.")
    found = _by_last_use(facts, edition)
    said = _as_said(facts)
    if found is None:
        return _untold(facts, edition, said)
    return said if said is not None and said.is_low and _is_newer(facts) else found


def _by_last_use(facts: FactReader, edition: Edition) -> Tolerance | None:
    """By the last opioid of any kind; an old report cannot show a time without."""
    name = facts.latest(*OPIOIDS)
    if name is None:
        return None
    level = _level(facts, edition, name)
    if level is Level.KEPT:
        return Tolerance(level, f"{facts.last(name)}.")
    if facts.maybe(name) is None:
        return None
    lost = "lost" if level is Level.LOW else "reduced"
    return Tolerance(level, f"{facts.last(name)}: tolerance is {lost}.")


def _level(facts: FactReader, edition: Edition, name: str) -> Level:
    """By time gone by; after methadone and nothing else by the days missed."""
    methadone = facts.once(courses, edition).get("MTD")
    if name == "last_long_acting_dt" and methadone is not None:
        missed = methadone.days_missed(facts.as_of)
        if missed >= edition.days("methadone_missed_low_days"):
            return Level.LOW
        reduced = missed >= edition.days("methadone_missed_days")
        return Level.REDUCED if reduced else Level.KEPT
    since = facts.as_of - facts.moment(name)
    if since > edition.days("low_tolerance_days") * DAY:
        return Level.LOW
    reduced = since > edition.days("reduced_tolerance_days") * DAY
    return Level.REDUCED if reduced else Level.KEPT


def _untold(facts: FactReader, edition: Edition, said: Tolerance | None) -> Tolerance:
    """Where no last use tells: what was said, unless a treatment that ended says less."""
    presumed = _since_treatment(facts, edition)
    if presumed is not None and not (said is not None and said.is_low):
        return presumed
    if said is None:
        raise Unanswered("last_short_acting_dt", "tolerance")
    return said


def _since_treatment(facts: FactReader, edition: Edition) -> Tolerance | None:
    """Low after a treatment that ended long ago, while no opioid since then is known."""
    course = ended(facts, edition)
    if course is None or course.last is None:
        return None
    last = facts.latest(*OPIOIDS)
    if last is not None and facts.moment(last) > course.last:
        return None
    if _is_used_since(course.last, facts, edition):
        return None
    name = capitalised(medicines().sentences[course.form])
    because = f"{name}: last {day(course.last)}, no opioid known since, so tolerance counts as lost."
    return Tolerance(Level.LOW, because, is_presumed=True)


def _after_a_time_without(facts: FactReader, edition: Edition) -> Tolerance | None:
    """After custody, a stay or naltrexone, until a week of use or doses is on record."""
    until = max(
        filter(None, (_left_on(facts), _block_ends(facts, edition))), default=None
    )
    if until is None or takes_agonist(facts, edition):
        return None
    if _is_behind(until, facts, edition):
        return None
    if until > facts.as_of:
        return Tolerance(Level.LOW, f"{facts.last('last_ntx_dt')}: tolerance is lost.")
    return Tolerance(
        Level.LOW, f"Without opioids until {day(until)}: tolerance is lost."
    )


def _is_behind(until: datetime, facts: FactReader, edition: Edition) -> bool:
    """Whether a time without no longer tells: four weeks on, or after a week of use.

    One use after it shows no tolerance; withdrawal, dependence or as many days of use
    told since then do.
    """
    since = facts.as_of - until
    week = edition.days("low_tolerance_days")
    if since <= week * DAY:
        return False
    return since > edition.days("early_days") * DAY or _is_used_since(
        until, facts, edition
    )


def _is_used_since(moment: datetime, facts: FactReader, edition: Edition) -> bool:
    """Whether withdrawal, dependence or a week of use shows opioids after a moment."""
    week = edition.days("low_tolerance_days")
    return (
        _shown_by_withdrawal(facts, edition) is not None
        or _told_since(facts, "phys_dependence", moment) is True
        or cast("int", _told_since(facts, "opioid_days", moment) or 0) >= week
    )


def _told_since(facts: FactReader, name: str, moment: datetime) -> object:
    """What was told of a fact after a moment; None where nothing was."""
    age = facts.age(name)
    return facts.old(name) if age is not None and facts.as_of - age > moment else None


def _left_on(facts: FactReader) -> datetime | None:
    """When custody, hospital or residential care ended, once that day has passed."""
    days, age = facts.old("reentry"), facts.age("reentry")
    if days is None or age is None:
        return None
    left = facts.as_of - age + int(cast("int", days)) * DAY
    return left if left <= facts.as_of else None


def _block_ends(facts: FactReader, edition: Edition) -> datetime | None:
    """When the last naltrexone injection wears off; None where there was none."""
    last = facts.old("last_ntx_dt")
    if last in (None, NEVER):
        return None
    return cast("datetime", last) + edition.days("ntx_block_days") * DAY


def _as_said(facts: FactReader) -> Tolerance | None:
    said = facts.maybe("tolerance")
    if said is None:
        return None
    level = Level.LOW if said == "low" else Level.KEPT
    return Tolerance(level, f"Opioid tolerance {said}{facts.dated('tolerance')}.")


def _is_newer(facts: FactReader) -> bool:
    """Whether what was said of tolerance was said in the last week."""
    return facts.maybe("tolerance", within=7 * DAY) is not None


def is_dependent(facts: FactReader, edition: Edition) -> str | None:
    """Why somebody counts as physically dependent on opioids; None where not.

    An old yes counts where use in the past day supports it.
    """
    if facts.maybe("phys_dependence") is True:
        return f"Physically dependent on opioids{facts.dated('phys_dependence')}."
    found = _shown_by_doses(facts, edition) or _shown_by_withdrawal(facts, edition)
    if found:
        return found
    if facts.old("phys_dependence") is True and _used_today(facts):
        return f"Physically dependent on opioids{facts.dated('phys_dependence')}, and still uses."
    if facts.maybe("phys_dependence") is None:
        raise Unanswered("phys_dependence")
    return None


def _shown_by_doses(facts: FactReader, edition: Edition) -> str | None:
    return "Takes an agonist now." if takes_agonist(facts, edition) else None


def _shown_by_withdrawal(facts: FactReader, edition: Edition) -> str | None:
    score = facts.maybe_number("cows")
    if score is None or score < edition["withdrawal_cows"]:
        return None
    return f"{facts.said('cows')}: withdrawal shows physical dependence."


def _used_today(facts: FactReader) -> bool:
    last = facts.latest(*OPIOIDS)
    return last is not None and facts.as_of - facts.moment(last) <= DAY


def is_opioid_free(facts: FactReader, edition: Edition) -> bool:
    """Without opioids for as long as naltrexone asks, as said in the last day."""
    short = edition.days("short_acting_days") * DAY
    long = edition.days("long_acting_full_days") * DAY
    return not (
        facts.used_within("last_short_acting_dt", short, told=DAY)
        or _fentanyl_within(facts, short)
        or facts.used_within("last_long_acting_dt", long, told=DAY)
    )


def _fentanyl_within(facts: FactReader, span: timedelta) -> bool:
    """Recent fentanyl is enough to tell; that nothing is known of it says nothing."""
    last = facts.old("last_fentanyl_dt")
    return last not in (None, NEVER) and facts.as_of - cast("datetime", last) < span
