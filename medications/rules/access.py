"""C5: access and setting; what never stands in the way of medication."""

from knowledge.editions import Edition
from medications.rules.continuing import days_to_leaving
from medications.rules.reading import FactReader, Unanswered
from medications.rules.registry import Answer, rule
from medications.rules.shapes import above, among, either, no, rules, yes


@rule("C91")
def leaving_soon(facts: FactReader, edition: Edition) -> Answer:
    """Counted down each day; from the day on other rules speak."""
    days = days_to_leaving(facts)
    if days is None:
        raise Unanswered("reentry")
    return f"Leaves in {days} days." if 0 < days <= edition["reentry_days"] else None


@rule("C94")
def counselling_is_no_condition(facts: FactReader, _edition: Edition) -> Answer:
    state = facts.word("counselling")
    return None if state == "accepts" else f"Counselling: {_SAID[state]}."


_SAID = {"declines": "not wanted now", "unavailable": "not to be had"}


@rule("C96")
def offer_naloxone(facts: FactReader, _edition: Edition) -> Answer:
    kit = facts.maybe("ora")
    if isinstance(kit, frozenset) and "has_kit" in kit:
        return "Has a kit: check it at each start, renewal and injection."
    return "Due at each start, renewal and injection."


@rule("C98")
def nalmefene(facts: FactReader, _edition: Edition) -> Answer:
    """Asked for, or named where there is an allergy to naloxone."""
    if "naloxone" in facts.held("allergy"):
        return "Allergy: naloxone."
    return facts.among("ora", "nalmefene_requested")


rules(
    C89=either(
        above("travel", "travel_far"),
        no("transport", "No transport to the OTP."),
        yes("shift", "Shifts collide with dosing hours."),
    ),
    C90=no("otp_access", "No OTP can be reached."),
    C92=among("occupation", "driving", "safety_sensitive"),
    C93=yes("legal", "A court or employer demands that medication stop."),
    C95=either(among("udt"), yes("stimulants", "Uses stimulants.")),
    C97=among("ora", "naloxone_8mg_requested"),
    C99=among("route", "injecting"),
)
