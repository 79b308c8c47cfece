"""Load of each care manager by the caseload's groups, and moves that make it even."""
# ruff: noqa: S608 - put together from this house's own words; values are parameters.

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.access import Acting
from accounts.models import Membership, Staff
from accounts.permissions import Permission, Role
from accounts.tenancy import clinic_day
from aftercare.actions.hands import SHARED
from aftercare.models import HandOver
from knowledge.schedule.hands import Burden, SuggestedMove, even_out, hand_rules
from patients.actions.registry import closed_outside_team
from patients.models import Patient
from reports.caseload import order_sql as sql
from reports.caseload.rows import danger_told

# Everybody in care with the one who holds the part, and under which heading they stand.
HELD = f"""
SELECT l.patient_id, m.staff_id, ({sql.URGENCY})::int
FROM aftercare_caseloadline l
JOIN patients_careteammember m ON m.clinic_id = l.clinic_id
  AND m.patient_id = l.patient_id AND m.part = %(part)s AND m.until_at IS NULL
WHERE l.clinic_id = %(clinic)s AND {sql.IN_CARE}
ORDER BY l.patient_id
"""


@dataclass(frozen=True, slots=True)
class LoadLine:
    """How much one care manager holds, and would hold."""

    staff: Staff
    cannot_wait: int
    today: int
    others: int
    load: int
    load_after: int
    is_away: bool

    @property
    def people(self) -> int:
        return self.cannot_wait + self.today + self.others


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One person who would change hands: by name only for who reads charts."""

    person: str
    giver: Staff
    taker: Staff


@dataclass(frozen=True, slots=True)
class LoadPicture:
    """Everything on the page that shares work out."""

    lines: list[LoadLine]
    moves: list[MoveLine]
    # As the act is told: by who gives and who takes.
    moved: Mapping[tuple[Staff, Staff], list[int]]
    digest: str


def load_picture(acting: Acting, *, at: datetime) -> LoadPicture:
    """In a fixed number of statements."""
    on = clinic_day(acting.clinic, at)
    with connection.cursor() as cursor:
        cursor.execute(HELD, danger_told(acting.clinic, on=on) | {"part": SHARED})
        held = cursor.fetchall()
    away = set(
        HandOver.objects.covers(on=on)
        .filter(clinic=acting.clinic, kind=HandOver.Kind.AWAY)
        .values_list("from_staff", flat=True)
    )
    staff = _care_managers(acting)
    weight = _weights()
    closed = closed_outside_team((pk for pk, _, _ in held), acting.staff)
    burdens = [
        Burden(
            pk,
            who,
            weight[urgency],
            stays=urgency == sql.CANNOT_WAIT or pk in closed,
        )
        for pk, who, urgency in held
    ]
    here = [pk for pk in staff if pk not in away]
    moves = even_out([one for one in burdens if one.staff in here], here)
    after = _after(burdens, moves)
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    load: dict[int, int] = defaultdict(int)
    for (_, who, urgency), one in zip(held, burdens, strict=True):
        counts[who][_group(urgency)] += 1
        load[who] += one.weight
    lines = [
        LoadLine(
            staff=one,
            cannot_wait=counts[pk][0],
            today=counts[pk][1],
            others=counts[pk][2],
            load=load[pk],
            load_after=after[pk],
            is_away=pk in away,
        )
        for pk, one in staff.items()
    ]
    return _picture(acting, lines, moves, staff)


def _weights() -> dict[int, int]:
    rules = hand_rules()
    other = rules.number("weight_other")
    return {
        sql.CANNOT_WAIT: rules.number("weight_cannot_wait"),
        sql.FAULT: rules.number("weight_today"),
        sql.TODAY: rules.number("weight_today"),
        sql.WEEK: other,
        sql.LATER: other,
    }


def _group(urgency: int) -> int:
    return {sql.CANNOT_WAIT: 0, sql.FAULT: 1, sql.TODAY: 1}.get(urgency, 2)


def _after(burdens: list[Burden], moves: list[SuggestedMove]) -> dict[int, int]:
    taker = {one.person: one.taker for one in moves}
    load: dict[int, int] = defaultdict(int)
    for one in burdens:
        load[taker.get(one.person, one.staff)] += one.weight
    return load


def _care_managers(acting: Acting) -> dict[int, Staff]:
    """Those at work here, by name."""
    held = Membership.objects.filter(
        clinic=acting.clinic, role=Role.CARE_MANAGER, staff__is_active=True
    )
    rows = held.select_related("staff").order_by("staff__name", "staff")
    return {one.staff_id: one.staff for one in rows}


def _picture(
    acting: Acting,
    lines: list[LoadLine],
    moves: list[SuggestedMove],
    staff: Mapping[int, Staff],
) -> LoadPicture:
    rows = Patient.objects.visible_to(acting)
    people = rows.in_bulk([one.person for one in moves])
    reads = acting.may(Permission.PATIENT_VIEW)
    moved: dict[tuple[Staff, Staff], list[int]] = defaultdict(list)
    told: list[MoveLine] = []
    seen: list[list[int]] = []
    for one in moves:
        if one.person not in people:
            # A chart that is closed to whoever looks stays with whom it is.
            continue
        person = people[one.person]
        giver, taker = staff[one.giver], staff[one.taker]
        name = f"{person.shown_name}, {person.mrn}" if reads else person.mrn
        told.append(MoveLine(name, giver, taker))
        moved[giver, taker].append(one.person)
        seen.append([one.person, one.giver, one.taker])
    digest = hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:24]
    return LoadPicture(lines, told, dict(moved), digest)
