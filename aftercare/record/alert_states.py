"""Open alerts of people as what is owed to them sees these; one statement for many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q

from aftercare.models import Alert
from aftercare.owed.state import ConcernState
from knowledge.wording.dates import day_at


@dataclass(slots=True)
class OpenAlerts:
    """Since when one climbs that nobody has acknowledged, the first of several; and what
    was typed and not sent: no concern on record, and calling for the same as one."""

    climbs_on: date | None = None
    unsent: list[ConcernState] = field(default_factory=list)


def open_alerts(ids: Iterable[int], zone: ZoneInfo) -> Mapping[int, OpenAlerts]:
    found: dict[int, OpenAlerts] = defaultdict(OpenAlerts)
    rows = Alert.objects.open().filter(patient__in=list(ids))
    for one in rows.filter(Q(acknowledged_at=None) | Q(concern=None)):
        raised_on = day_at(one.raised_at, zone)
        if one.acknowledged_at is None:
            # Newest first: the last one is the oldest.
            found[one.patient_id].climbs_on = raised_on
        if one.concern_id is None:
            found[one.patient_id].unsent.append(_as_concern(one, raised_on))
    return found


def _as_concern(alert: Alert, raised_on: date) -> ConcernState:
    return ConcernState(
        key=alert.care_key,
        kind=alert.kind,
        level=alert.level,
        raised_on=raised_on,
        raised_at=alert.raised_at,
        reason=alert.reason,
    )
