"""Promises from the call to the first dose and the signed plan (reference J0, J4). Pure."""

from collections.abc import Iterator
from dataclasses import replace

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CarePhase, CareState
from knowledge.schedule.standing import referral_steps
from knowledge.schedule.steps import DutySeverity

# Whose first contact cannot wait for the working day, and who is seen within two days.
FIRST_IN_QUEUE = ("overdose", "pregnancy")
OVERDOSE = "overdose"
REACHED = ("contact", "visit", "dose")


def before_care(state: CareState) -> Iterator[Promise]:
    """What is owed to somebody who was referred and has no signed plan yet."""
    if state.plan is not None:
        return
    episode, since = state.episode, state.episode.referred_on
    steps = referral_steps().steps
    reached = state.last(*REACHED, since=since)
    if state.phase is CarePhase.REFERRED and reached is not None:
        key = f"{state.prefix}:referral:keep_in_touch:{reached}"
        yield promise(key, reached, steps["keep_in_touch"])
    asks = {
        "contact": episode.called_after not in FIRST_IN_QUEUE,
        "contact_urgent": episode.called_after in FIRST_IN_QUEUE,
        "kit": not state.is_kit_gone,
        "visit_urgent": episode.called_after == OVERDOSE,
        "first_dose": not state.treatment.is_taken,
        "plan": True,
    }
    kept_by = {
        "contact": REACHED,
        "contact_urgent": REACHED,
        "kit": ("kit",),
        "visit_urgent": ("visit", "dose"),
        "first_dose": ("dose", "first_dose"),
        "plan": ("first_plan",),
    }
    for name, is_asked in asks.items():
        if not is_asked or state.first_kept(*kept_by[name], since=since) is not None:
            continue
        one = promise(f"{state.prefix}:referral:{name}", since, steps[name])
        if episode.called_after in FIRST_IN_QUEUE and name in ("kit", "first_dose"):
            one = replace(one, severity=DutySeverity.SOON)
        yield one
