"""Evidence that keeps a follow-up: its day, and the words of the row."""

from datetime import date, datetime

from aftercare.models import FollowUp
from aftercare.owed.during_care import instruments, measured_on
from aftercare.owed.groups import OF_GROUP
from aftercare.owed.promise import Promise
from aftercare.owed.state import CareState
from aftercare.record.row_words import kept_on_day
from knowledge.instruments.titles import short_title
from knowledge.schedule.kinds import KeptBy, follow_up_kind


def kept_on(row: FollowUp, state: CareState, one: Promise | None) -> date | None:
    """The first day on which the record shows that it was done; None where it does not."""
    keeps: str = follow_up_kind(row.kind).kept_by
    if keeps is KeptBy.BY_HAND:
        return None
    if keeps is KeptBy.MEASURES:
        if not row.occasion:
            return None
        return measured_on(state, row.occasion, row.earliest_on)
    if OF_GROUP in row.key:
        # This session of this group, and no other.
        keeps = f"group:{row.key.partition(OF_GROUP)[2]}"
    after = one.after if one else None
    if one is None and row.origin != FollowUp.Origin.PLAN:
        after = row.created_at
    days = (
        found.on
        for found in state.kept_since(keeps, row.earliest_on)
        if after is None or found.at > after
    )
    return min(days, default=None)


def keep_row(row: FollowUp, state: CareState, day: date, at: datetime) -> None:
    """Close a row, dated by what kept it."""
    keeps = follow_up_kind(row.kind).kept_by
    row.status, row.closed_at, row.closed_by, row.kept_on = (
        FollowUp.Status.DONE,
        at,
        None,
        day,
    )
    if keeps is KeptBy.MEASURES:
        row.outcome = f"Given: {_instruments(row, state)}."
    else:
        row.outcome = kept_on_day(keeps, day)


def _instruments(row: FollowUp, state: CareState) -> str:
    return ", ".join(short_title(key) for key in instruments(state, row.occasion))
