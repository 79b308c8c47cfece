"""Repeated follow-ups of any number of people, in one statement."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from aftercare.models import CareRepeat
from aftercare.owed.state import RepeatState
from knowledge.wording.dates import day_at


def repeat_states(
    begun: Mapping[int, date], zone: ZoneInfo
) -> dict[int, list[RepeatState]]:
    """Those in force of the episode that `begun` on its day: a series of an earlier one
    is read, and promises nothing."""
    found: dict[int, list[RepeatState]] = defaultdict(list)
    for row in CareRepeat.objects.in_force().filter(patient__in=list(begun)):
        if day_at(row.created_at, zone) < begun[row.patient_id]:
            continue
        found[row.patient_id].append(
            RepeatState(
                key=str(row.pk),
                kind=row.kind,
                title=row.title,
                reason=row.reason,
                link=row.link,
                pattern=row.pattern,
                before=row.days_before,
                after=row.days_after,
                role=row.assigned_role,
                owner=str(row.assigned_to_id or ""),
            )
        )
    return found
