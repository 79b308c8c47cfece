"""Promises of referrals until somebody heard that the person was there. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from aftercare.owed.promise import Promise
from aftercare.owed.state import CareState, ReferralState
from knowledge.schedule.loops import loops


def of_referrals(state: CareState) -> Iterator[Promise]:
    """The next act of each open loop, in every phase of care and after it."""
    for referral in state.referrals:
        yield _next_act(state, referral)


def _next_act(state: CareState, referral: ReferralState) -> Promise:
    step, due = loops().stages[referral.stage], referral.next_on
    return Promise(
        key=f"{state.prefix}:loop:{referral.key}:{referral.steps}:{referral.stage}",
        kind=step.kind,
        title=f"{loops().kinds[referral.kind]}: {step.title[:1].lower()}{step.title[1:]}",
        earliest=due - timedelta(days=step.before),
        due=due,
        latest=due + timedelta(days=step.after),
        role=step.role,
        reason=step.reason,
        cite=step.source,
        verified=step.tag,
        severity=step.severity,
        about=referral.key,
        owner=referral.owner,
    )
