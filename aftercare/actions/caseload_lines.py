"""Lines of the caseload, made equal to the states of the people they are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.models import CaseloadLine, FollowUp, OutreachAttempt
from aftercare.owed.state import CarePhase, CareState
from aftercare.owed.urgency.factors import dated_factors
from aftercare.owed.urgency.model import OwedNow, UrgencyFactor
from aftercare.owed.urgency.order import LAST_WRITTEN, danger_code, top_duty
from aftercare.owed.urgency.silence import last_word
from aftercare.record.parts import PARTS
from aftercare.record.states import states_of
from knowledge.schedule.urgency import order_of_danger
from patients.models import CareTeamMember, Patient

AT_ONCE = 500
ONCE = ("clinic", "patient")
WRITTEN = tuple(
    field.name
    for field in CaseloadLine._meta.concrete_fields
    if not field.primary_key and field.name not in ONCE
)


@dataclass(frozen=True, slots=True)
class LineSources:
    """What of the rows goes into the lines, besides the states."""

    owed: Mapping[int, list[FollowUp]]
    teams: Mapping[int, dict[str, int]]
    tries: Mapping[int, datetime]
    names: Mapping[int, str]


@transaction.atomic
def write_lines(
    clinic_id: int, states: Mapping[int, CareState], *, on: date, at: datetime
) -> None:
    """Write the line of each person anew, in a fixed number of statements; of whoever
    has died there is none."""
    alive = {pk: one for pk, one in states.items() if one.phase != CarePhase.DIED}
    if gone := states.keys() - alive.keys():
        CaseloadLine.objects.filter(patient__in=gone).delete()
    if not alive:
        return
    sources = _sources(list(alive))
    CaseloadLine.objects.bulk_create(
        [
            _line(clinic_id, pk, state, sources, on=on, at=at)
            for pk, state in alive.items()
            if pk in sources.names
        ],
        update_conflicts=True,
        unique_fields=ONCE,
        update_fields=WRITTEN,
        batch_size=AT_ONCE,
    )


def rebuild_lines(clinic: Clinic, *, at: datetime) -> int:
    """Write every line of a clinic from the record, some hundred people at a time."""
    on = clinic_day(clinic, at)
    people = Patient.objects.filter(clinic=clinic).order_by("pk")
    last, written = 0, 0
    while some := list(people.filter(pk__gt=last)[:AT_ONCE]):
        states = states_of(some, clinic=clinic, on=on)
        write_lines(clinic.pk, states, on=on, at=at)
        last, written = some[-1].pk, written + len(some)
    return written


def _sources(ids: list[int]) -> LineSources:
    owed: dict[int, list[FollowUp]] = defaultdict(list)
    for row in FollowUp.objects.open().filter(patient__in=ids):
        owed[row.patient_id].append(row)
    teams: dict[int, dict[str, int]] = defaultdict(dict)
    members = CareTeamMember.objects.filter(patient__in=ids, until_at=None)
    for pk, part, staff in members.values_list("patient", "part", "staff"):
        teams[pk][part] = staff
    tries = OutreachAttempt.objects.filter(patient__in=ids, taken_back_at=None)
    last = tries.order_by("patient", "-made_at").distinct("patient")
    names = Patient.objects.filter(pk__in=ids).values_list("pk", "sort_name")
    return LineSources(
        owed, teams, dict(last.values_list("patient", "made_at")), dict(names)
    )


def _line(
    clinic_id: int,
    pk: int,
    state: CareState,
    sources: LineSources,
    *,
    on: date,
    at: datetime,
) -> CaseloadLine:
    rows = sources.owed.get(pk, [])
    owed = [_owed(row) for row in rows]
    every = dated_factors(state, owed, on)
    found = tuple(one for one in every if one.holds(on))
    top = top_duty(found, owed, on)
    now = [
        row for row in rows if row.earliest_on <= on or (top and row.pk == top.number)
    ]
    acting = set(_acting(now, sources.teams.get(pk, {})))
    gravest = next(iter(_written(found)), None)
    return CaseloadLine(
        clinic_id=clinic_id,
        patient_id=pk,
        phase=state.phase.value,
        sort_name=sources.names[pk],
        medicine=state.treatment.medication or "",
        danger=danger_code(found),
        until_on=gravest.until if gravest else None,
        since_on=gravest.since if gravest else None,
        window_from=_begins(every, "treatment_gap", after=on),
        federal_from=_begins(every, "federal"),
        late_from=_begins(every, "late"),
        silent_from=_begins(every, "silent"),
        act_on=min((row.due_on for row in rows), default=None),
        lacks_next_step=not rows and is_owed_something(state),
        factors=[one.as_json() for one in every],
        top_follow_up_id=top.number if top else None,
        owed_count=len(now),
        acting_staff=sorted(one for one in acting if isinstance(one, int)),
        acting_roles=sorted(one for one in acting if isinstance(one, str)),
        heard_on=last_word(state),
        tried_at=sources.tries.get(pk),
        next_try_on=min(
            (row.next_try_on for row in rows if row.next_try_on), default=None
        ),
        reconciled_at=at,
    )


def is_owed_something(state: CareState) -> bool:
    """Whether somebody has to have a next step: all but the dead and those who want no
    contact after they left."""
    if state.phase == CarePhase.LEFT:
        return state.episode.declined_on is None
    return state.phase != CarePhase.DIED


def _owed(row: FollowUp) -> OwedNow:
    return OwedNow(
        kind=row.kind,
        title=row.title,
        severity=row.severity,
        earliest=row.earliest_on,
        due=row.due_on,
        latest=row.latest_on,
        role=row.assigned_role,
        number=row.pk,
    )


def _written(found: Iterable[UrgencyFactor]) -> Iterator[UrgencyFactor]:
    last = order_of_danger().rank(LAST_WRITTEN)
    return (one for one in found if one.rank <= last)


def _begins(
    every: Iterable[UrgencyFactor], key: str, *, after: date | None = None
) -> date | None:
    """From when on a factor holds; with `after`, where that is still to come."""
    days = (one.begins for one in every if one.key == key)
    return min((day for day in days if after is None or day > after), default=None)


def _acting(rows: Iterable[FollowUp], team: Mapping[str, int]) -> Iterator[int | str]:
    """Who has to act on what is open: whoever it is given to, else who holds the part in
    the team, else everybody of the role."""
    for row in rows:
        parts = (team[part] for part in PARTS[row.assigned_role] if part in team)
        yield row.assigned_to_id or next(parts, row.assigned_role)
