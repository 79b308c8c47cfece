"""C5: access and setting; what never stands in the way of medication."""

from knowledge.editions import Edition
from medications.rules.reading import FactReader, first
from medications.rules.registry import Answer, rule


@rule("C89")
def otp_is_far(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: _far(facts, edition),
        lambda: None if facts.yes("transport") else "No transport to the OTP.",
        lambda: "Shifts collide with dosing hours." if facts.yes("shift") else None,
    )


def _far(facts: FactReader, edition: Edition) -> str | None:
    far = facts.number("travel") > edition["travel_far"]
    return f"{facts.said('travel')}." if far else None


@rule("C90")
def no_otp(facts: FactReader, _edition: Edition) -> Answer:
    return None if facts.yes("otp_access") else "No OTP can be reached."


@rule("C91")
def leaving_soon(facts: FactReader, edition: Edition) -> Answer:
    days = facts.number("reentry")
    return f"Leaves in {days} days." if days <= edition["reentry_days"] else None


@rule("C92")
def safety_at_work(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("occupation", "driving", "safety_sensitive")


@rule("C93")
def told_to_stop(facts: FactReader, _edition: Edition) -> Answer:
    told = facts.yes("legal")
    return "A court or employer demands that medication stop." if told else None


@rule("C94")
def counselling_is_no_condition(facts: FactReader, _edition: Edition) -> Answer:
    state = facts.word("counselling")
    return None if state == "accepts" else f"Counselling: {_SAID[state]}."


_SAID = {"declines": "not wanted now", "unavailable": "not to be had"}


@rule("C95")
def other_use_is_no_bar(facts: FactReader, _edition: Edition) -> Answer:
    return first(
        lambda: facts.among("udt"),
        lambda: "Uses stimulants." if facts.yes("stimulants") else None,
    )


@rule("C96")
def offer_naloxone(facts: FactReader, _edition: Edition) -> Answer:
    kit = facts.maybe("ora")
    if isinstance(kit, frozenset) and "has_kit" in kit:
        return "Has a kit: check it at each start, renewal and injection."
    return "Due at each start, renewal and injection."


@rule("C97")
def larger_naloxone(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("ora", "naloxone_8mg_requested")


@rule("C98")
def nalmefene(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("ora", "nalmefene_requested")


@rule("C99")
def injecting(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("route", "injecting")
