"""Contacts after a medicine ended or a person left, without end (reference J6, J10). Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from aftercare.owed.contacts import not_kept, up_to
from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CareState
from knowledge.schedule.injections import injection_rules, injection_window
from knowledge.schedule.leaving import leaving_rules


def after_stop(state: CareState, *, today: date, until: date) -> Iterator[Promise]:
    """After the last medicine was stopped: from that day, of a depot from the day its
    cover ends."""
    treatment = state.treatment
    if treatment.is_taken or treatment.stopped_on is None:
        return
    base = max(treatment.stopped_on, _cover_ends(state) or treatment.stopped_on)
    prefix = f"{state.prefix}:stop:{base}"
    yield from _list(state, prefix, base, today=today, until=until)


def _cover_ends(state: CareState) -> date | None:
    """The last day of the window of the injection that would have come next."""
    product, given = state.treatment.stopped, state.treatment.injections
    if product not in injection_rules() or not given:
        return None
    return injection_window(str(product), given).latest


def after_leaving_care(
    state: CareState, *, today: date, until: date
) -> Iterator[Promise]:
    """After somebody left, until they decline: silence ends nothing."""
    episode = state.episode
    if episode.left_on is None or episode.declined_on is not None:
        return
    prefix = f"{state.prefix}:left:{episode.left_on}"
    yield from _list(state, prefix, episode.left_on, today=today, until=until)


def _list(
    state: CareState, prefix: str, base: date, *, today: date, until: date
) -> Iterator[Promise]:
    knowledge = leaving_rules()
    if not state.is_kit_gone and state.first_kept("kit", since=base) is None:
        yield promise(f"{prefix}:kit", base, knowledge.kit)
    steps = up_to(knowledge.contacts.steps(), base, max(until, today))
    for one in not_kept(state, prefix, base, steps, today):
        yield replace(one, only_ahead=False)
