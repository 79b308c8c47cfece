"""C7: overdose risks. They drive naloxone and contact, never the choice."""

from assessments.facts import FACTS
from knowledge.editions import Edition
from medications.rules.derived import Level, tolerance
from medications.rules.interactions import SEDATIVES_IN_URINE, in_urine
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, rule
from medications.rules.shapes import among, either, rules, yes
from medications.rules.under_way import courses

IN_URINE = SEDATIVES_IN_URINE | {"cocaine", "amphetamine", "methamphetamine"}
LUNGS = ("copd", "asthma", "sleep_apnoea", "hypoventilation", "home_oxygen")
FLAGS = tuple(f"C{number}" for number in range(108, 118))


@rule("C108")
def earlier_overdose(facts: FactReader, _edition: Edition) -> Answer:
    when = facts.word("overdose_hx")
    if when == "never":
        return None
    return f"Overdose: {when.replace('_', ' ')}{facts.dated('overdose_hx')}."


@rule("C114")
def first_weeks_on_methadone(facts: FactReader, edition: Edition) -> Answer:
    day = facts.number("mtd_day")
    early = 0 < day <= edition["early_days"]
    return f"Day {day} on methadone." if early else None


@rule("C109")
def tolerance_lost(facts: FactReader, edition: Edition) -> Answer:
    """Lost or on the way: more than five days without."""
    found = facts.once(tolerance, edition)
    return None if found.level is Level.KEPT else found.because


@rule("C110")
def opioids_with_others(facts: FactReader, edition: Edition) -> Answer:
    """Said, listed or in urine."""
    return first(
        lambda: facts.among_held("sedatives", *FACTS["sedatives"].choices),
        lambda: "Drinks alcohol." if facts.maybe("alcohol") == "active" else None,
        lambda: "Uses stimulants." if facts.maybe("stimulants") is True else None,
        lambda: named(
            "Takes", facts.medicines() & edition.ingredients["cns_depressant"]
        ),
        lambda: named("Urine positive for", in_urine(facts, edition, IN_URINE)),
        lambda: facts.among("sedatives"),
        lambda: facts.if_word("alcohol", "active", "Drinks alcohol."),
        lambda: facts.if_yes("stimulants", "Uses stimulants."),
    )


@rule("C112")
def other_illness(facts: FactReader, _edition: Edition) -> Answer:
    """From whichever fact holds it."""
    score = facts.maybe_number("child_pugh")
    return first(
        lambda: facts.among_held("medical", *FACTS["medical"].choices),
        lambda: facts.among_held("resp", *LUNGS),
        lambda: facts.among_held("cardiac", "heart_failure", "chronic_renal_failure"),
        lambda: f"{facts.said('child_pugh')}." if score else None,
        lambda: "On dialysis." if facts.maybe("dialysis") is True else None,
        lambda: facts.if_yes("infection", "Infection from use."),
        lambda: facts.among("medical"),
    )


@rule("C115")
def just_stopped(facts: FactReader, edition: Edition) -> Answer:
    """Four weeks; after a depot from the day on which its cover ends."""
    covered = _cover_ends(facts, edition)
    if covered is not None:
        return covered
    days = facts.days_since("moud_stop")
    if days is None or days > edition["early_days"]:
        return None
    return f"Medication stopped {days} days ago."


def _cover_ends(facts: FactReader, edition: Edition) -> str | None:
    """A depot that ended, by a recorded stop or by the days gone by."""
    last = facts.latest("last_bup_xr_dt")
    if last is None or "BUP_XR" in facts.once(courses, edition):
        return None
    cover = edition.days("taking_sublocade_days")
    covered = (facts.as_of - facts.moment(last)).days - cover
    return (
        f"{facts.last(last)}: its cover ends."
        if covered <= edition["early_days"]
        else None
    )


rules(
    C111=among("mental"),
    C113=among("route", "injecting"),
    C116=yes("alone", "Usually uses alone, or no one can give naloxone."),
    C117=either(
        among("supply"),
        among("exposure", "xylazine", "medetomidine", "nitazene", "in_area"),
    ),
)
