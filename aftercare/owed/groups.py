"""Promises of groups: the next session, and a call where one was missed or changed. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CareState, GroupState
from knowledge.schedule.groups import SessionDay, group_rules
from knowledge.wording.dates import whole_day

# In the key of each session, before the number of the group.
OF_GROUP = ":group:"
GROUP, MISSED = "group", "missed"


def evidence_of(group: str, planned_on: date) -> str:
    """What keeps one session, and no other."""
    return f"{GROUP}:{group}:{planned_on}"


def of_groups(state: CareState, *, today: date) -> Iterator[Promise]:
    """Of each group somebody is on the roster of."""
    for group in state.groups:
        yield from _of_one(state, group, today)


def _of_one(state: CareState, group: GroupState, today: date) -> Iterator[Promise]:
    """Sessions without attendance up to the next; calls about missed and changed ones."""
    for one in group.sessions:
        mark = group.marks.get(one.planned_on)
        if mark is not None:
            if mark.kind == MISSED:
                missed = _call(state, group, one, "missed", mark.on)
                yield replace(missed, after=mark.at)
            continue
        if one.is_changed and today <= one.planned_on:
            step = "cancelled" if one.on is None else "changed"
            yield _call(state, group, one, step, one.planned_on)
        if one.on is None:
            continue
        yield _session(state, group, one, one.on)
        if one.on >= today:
            return


def _session(state: CareState, group: GroupState, one: SessionDay, on: date) -> Promise:
    key = f"{state.prefix}{OF_GROUP}{group.key}:{one.planned_on}"
    found = promise(key, on, group_rules().steps["session"])
    reason = found.reason
    if one.is_changed:
        reason = f"Moved from {whole_day(one.planned_on)}: {one.why}."
    return replace(
        found,
        title=f"{found.title}: {group.name}"[:160],
        reason=reason,
        owner=group.leader,
        about=evidence_of(group.key, one.planned_on),
        only_ahead=True,
    )


def _call(
    state: CareState, group: GroupState, one: SessionDay, step: str, first: date
) -> Promise:
    """What is owed about a session: its key says which, and which of them."""
    key = f"{state.prefix}:group-{step}:{group.key}:{one.planned_on}"
    found = promise(key, first, group_rules().steps[step])
    reason = f"{group.name}, {whole_day(one.planned_on)}. {found.reason}"
    if one.why and step != "missed":
        reason = f"{reason} {one.why[:1].upper()}{one.why[1:]}."
    return replace(
        found,
        reason=reason,
        about=f"{step}:{evidence_of(group.key, one.planned_on)}",
        only_ahead=True,
    )
