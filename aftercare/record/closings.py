"""Closings by hand, as evidence of what was done, and as days that were cancelled."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from aftercare.models import FollowUp
from aftercare.owed.groups import OF_GROUP
from aftercare.owed.repeats import OF_REPEAT
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.wording.dates import day_at
from treatment.models import DoseEvent

type Found = Iterator[tuple[int, str, date, datetime]]


def dropped(ids: Sequence[int], since: date) -> dict[int, dict[str, list[date]]]:
    """Due days of standing promises that staff cancelled, by kind and, of measures,
    occasion; what a concern, an event, a decision or a series of staff owed is no other
    duty's last time."""
    rows = FollowUp.objects.filter(
        patient__in=ids,
        status=FollowUp.Status.CANCELLED,
        closed_by__isnull=False,
        due_on__gte=since,
        origin=FollowUp.Origin.PLAN,
    ).exclude(Q(key__contains=OF_REPEAT) | Q(key__contains=OF_GROUP))
    found: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    for pk, kind, occasion, due_on in rows.values_list(
        "patient", "kind", "occasion", "due_on"
    ):
        found[pk][f"{kind}:{occasion}" if occasion else kind].append(due_on)
    return found


def closed(ids: Sequence[int], zone: ZoneInfo) -> Found:
    """What staff noted as done, by its kind and by what keeps that kind; an injection
    only where nobody wrote its dose down."""
    dose = DoseEvent.objects.filter(
        patient=OuterRef("patient"),
        kind=DoseEvent.Kind.ADMINISTERED,
        on__range=(OuterRef("earliest_on"), OuterRef("latest_on")),
    )
    rows = FollowUp.objects.filter(
        patient__in=ids,
        status=FollowUp.Status.DONE,
        closed_by__isnull=False,
    ).exclude(Q(kind=KeptBy.INJECTION) & Exists(dose))
    for pk, kind, occasion, kept_on, at in rows.values_list(
        "patient", "kind", "occasion", "kept_on", "closed_at"
    ):
        if at is None:
            continue
        on = kept_on or day_at(at, zone)
        yield pk, f"{kind}:{occasion}" if occasion else kind, on, at
        keeps = follow_up_kind(kind).kept_by
        yield pk, keeps, on, at
        if keeps is KeptBy.VISIT:
            yield pk, KeptBy.CONTACT, on, at
        elif keeps is KeptBy.KIT:
            yield pk, KeptBy.KIT_CHECK, on, at
