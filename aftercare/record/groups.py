"""Groups as what is owed and as their pages read them: sessions, rosters, attendance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.access import Acting
from accounts.clinic_settings.days import open_days_of
from aftercare.models import CareGroup, GroupAttendance, GroupMember, GroupSession
from aftercare.models.groups import GONE
from aftercare.owed.groups import evidence_of
from aftercare.owed.state import GroupMark, GroupState
from knowledge.schedule.groups import SessionDay, group_rules, sessions_of
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.open_days import OpenDays

type Changes = dict[int, dict[date, GroupSession]]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person of a roster with what is recorded of a session."""

    member: GroupMember
    mark: str = ""


def group_states(
    ids: Sequence[int], *, today: date, days: OpenDays
) -> dict[int, list[GroupState]]:
    """Of everybody on a roster; in one statement where nobody is."""
    found: dict[int, list[GroupState]] = defaultdict(list)
    rows = GroupMember.objects.current().filter(patient__in=ids, group__is_current=True)
    members = list(rows.select_related("group"))
    if not members:
        return found
    changes = _changes({one.group_id for one in members}, today)
    marks = _marks(members, today)
    for one in members:
        since = max(one.joined_on, one.group.since_on)
        found[one.patient_id].append(
            GroupState(
                key=str(one.group_id),
                name=one.group.name,
                leader=str(one.group.leader_id),
                sessions=tuple(_sessions(one.group, since, changes, today, days)),
                marks=marks[one.patient_id, one.group_id],
            )
        )
    return found


def _since(today: date) -> date:
    return today - timedelta(days=group_rules().number("looks_back"))


def _changes(groups: Iterable[int], today: date) -> Changes:
    found: Changes = defaultdict(dict)
    rows = GroupSession.objects.filter(
        group__in=list(groups), planned_on__gte=_since(today)
    )
    for row in rows:
        found[row.group_id][row.planned_on] = row
    return found


def _marks(
    members: Iterable[GroupMember], today: date
) -> dict[tuple[int, int], dict[date, GroupMark]]:
    found: dict[tuple[int, int], dict[date, GroupMark]] = defaultdict(dict)
    rows = GroupAttendance.objects.filter(
        patient__in={one.patient_id for one in members}, planned_on__gte=_since(today)
    )
    for row in rows:
        mark = GroupMark(row.mark, row.on, row.recorded_at)
        found[row.patient_id, row.group_id][row.planned_on] = mark
    return found


def _sessions(
    group: CareGroup, since: date, changes: Changes, today: date, days: OpenDays
) -> Iterator[SessionDay]:
    """What staff decided of a session goes before what the closed days do to it."""
    for one in sessions_of(group.weekday, since, today=today, days=days):
        row = changes[group.pk].get(one.planned_on)
        if row is None:
            yield one
        else:
            yield SessionDay(planned_on=row.planned_on, on=row.on, why=row.why)


def sessions_around(group: CareGroup, *, today: date) -> list[SessionDay]:
    """Those of the group itself, whoever has joined since."""
    days = open_days_of(group.clinic)
    changes = _changes([group.pk], today)
    return list(_sessions(group, group.since_on, changes, today, days))


def session_on(group: CareGroup, planned_on: date, *, today: date) -> SessionDay | None:
    every = sessions_around(group, today=today)
    return next((one for one in every if one.planned_on == planned_on), None)


def groups_of(acting: Acting, *, text: str = "") -> QuerySet[CareGroup]:
    """Current groups with how many are on their roster, found by every word."""
    found = CareGroup.objects.visible_to(acting).current().select_related("leader")
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(languages__icontains=word)
            | Q(for_whom__icontains=word)
            | Q(leader__name__icontains=word)
        )
    is_here = Q(members__left_at=None) & ~Q(members__patient__status__in=GONE)
    on_roster = Count("members", filter=is_here)
    return found.annotate(taken=on_roster).order_by("weekday", "begins", "name")


def roster_of(group: CareGroup, *, planned_on: date | None = None) -> list[RosterLine]:
    """Who is on it now, by name; with what is recorded of one session."""
    rows = GroupMember.objects.current().filter(group=group)
    members = rows.select_related("patient").order_by("patient__sort_name", "pk")
    marks: dict[int, str] = {}
    if planned_on is not None:
        told = GroupAttendance.objects.filter(group=group, planned_on=planned_on)
        marks = dict(told.values_list("patient", "mark"))
        members = members.filter(joined_on__lte=planned_on)
    return [RosterLine(one, marks.get(one.patient_id, "")) for one in members]


def came_to(
    ids: Sequence[int], since: date
) -> Iterator[tuple[int, str, date, datetime]]:
    """Who came to a group: that session is kept, whichever group was asked for by hand,
    and they were met."""
    rows = GroupAttendance.objects.filter(
        patient__in=ids, mark=GroupAttendance.Mark.PRESENT, planned_on__gte=since
    )
    for pk, group, planned_on, on, at in rows.values_list(
        "patient", "group", "planned_on", "on", "recorded_at"
    ):
        for key in (evidence_of(str(group), planned_on), KeptBy.GROUP, KeptBy.CONTACT):
            yield pk, key, on, at


def is_full(group: CareGroup) -> bool:
    return GroupMember.objects.current().filter(group=group).count() >= group.capacity
