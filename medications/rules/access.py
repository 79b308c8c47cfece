"""C5: access and setting; what never stands in the way of medication."""

from knowledge.editions import Edition
from medications.rules.reading import Reading, first
from medications.rules.registry import Answer, rule


@rule("C89")
def otp_is_far(look: Reading, edition: Edition) -> Answer:
    return first(
        lambda: _far(look, edition),
        lambda: None if look.yes("transport") else "No transport to the OTP.",
        lambda: "Shifts collide with dosing hours." if look.yes("shift") else None,
    )


def _far(look: Reading, edition: Edition) -> str | None:
    far = look.number("travel") > edition["travel_far"]
    return f"{look.said('travel')}." if far else None


@rule("C90")
def no_otp(look: Reading, _edition: Edition) -> Answer:
    return None if look.yes("otp_access") else "No OTP can be reached."


@rule("C91")
def leaving_soon(look: Reading, edition: Edition) -> Answer:
    days = look.number("reentry")
    return f"Leaves in {days} days." if days <= edition["reentry_days"] else None


@rule("C92")
def safety_at_work(look: Reading, _edition: Edition) -> Answer:
    return look.among("occupation", "driving", "safety_sensitive")


@rule("C93")
def told_to_stop(look: Reading, _edition: Edition) -> Answer:
    told = look.yes("legal")
    return "A court or employer demands that medication stop." if told else None


@rule("C94")
def counselling_is_no_condition(look: Reading, _edition: Edition) -> Answer:
    state = look.word("counselling")
    return None if state == "accepts" else f"Counselling: {_SAID[state]}."


_SAID = {"declines": "not wanted now", "unavailable": "not to be had"}


@rule("C95")
def other_use_is_no_bar(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: look.among("udt"),
        lambda: "Uses stimulants." if look.yes("stimulants") else None,
    )


@rule("C96")
def offer_naloxone(look: Reading, _edition: Edition) -> Answer:
    kit = look.maybe("ora")
    if isinstance(kit, frozenset) and "has_kit" in kit:
        return "Has a kit: check it at each start, renewal and injection."
    return "Due at each start, renewal and injection."


@rule("C97")
def larger_naloxone(look: Reading, _edition: Edition) -> Answer:
    return look.among("ora", "naloxone_8mg_requested")


@rule("C98")
def nalmefene(look: Reading, _edition: Edition) -> Answer:
    return look.among("ora", "nalmefene_requested")


@rule("C99")
def injecting(look: Reading, _edition: Edition) -> Answer:
    return look.among("route", "injecting")
