"""Making the rows of what is owed equal to the promises, for any number of people."""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max, Q

from accounts import audit
from accounts.models import Clinic, Membership, Staff
from accounts.request_end import EndOfRequest
from accounts.tenancy import clinic_day
from aftercare.actions.caseload_lines import write_lines
from aftercare.actions.decision_tasks import take_over
from aftercare.actions.kept_rows import keep_row, kept_on
from aftercare.models import CareDay, CareMark, FollowUp
from aftercare.models.follow_ups import OPEN
from aftercare.owed.groups import OF_GROUP
from aftercare.owed.owed import owed
from aftercare.owed.promise import Promise
from aftercare.owed.repeats import OF_REPEAT, is_series_over
from aftercare.owed.state import CarePhase, CareState
from aftercare.record import row_words
from aftercare.record.states import read_back_to, states_of
from jobs.queues import Batch
from patients.models import Patient
from plans.models import Plan

logger = logging.getLogger(__name__)

Status = FollowUp.Status
# The database itself is away, or ended one of two that wait for each other.
AWAY = (OperationalError, InterfaceError)
# People whose record one request changes; more are left to the workers.
AT_ONCE = 20
MANY_MARKS = 10_000
# A person's number, then the episode or a concern; without either in the calendar that was
# printed at the signature.
OF_RECKONING = re.compile(r"\d+:(e\d+|concern|plan|start|admission|injection):")
RECKONED = (FollowUp.Origin.PLAN, FollowUp.Origin.EVENT)
WRITTEN = (
    *("status", "closed_at", "closed_by", "outcome", "kept_on", "title", "reason"),
    *("cite", "verified", "earliest_on", "due_on", "latest_on", "assigned_role"),
    *("severity", "plan", "assigned_to", "given_at"),
)


@dataclass(slots=True)
class Reckoning:
    """Rows of one person that change, and how many of each kind of change. `is_here` says
    whether somebody on the staff still works at the clinic."""

    is_here: Callable[[int], bool]
    new: list[FollowUp] = field(default_factory=list)
    changed: dict[int, FollowUp] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def add(self, row: FollowUp) -> None:
        self.new.append(row)
        self.done["added"] += 1

    def change(self, row: FollowUp, what: str) -> None:
        self.changed[row.pk] = row
        self.done[what] += 1


@transaction.atomic
def reconcile(*, patient: Patient, by: Staff | None, at: datetime) -> Counter[str]:
    """Owe one person what their state asks for now. Twice is once.

    Whoever another act holds at this moment is left to the workers, with a mark: two
    acts never wait for each other here.
    """
    people = held([patient.pk], waits=False)
    if not people:
        CareMark.objects.create(
            clinic_id=patient.clinic_id, patient=patient, transaction=_transaction()
        )
        return Counter()
    clinic = Clinic.objects.get(pk=patient.clinic_id)
    return reconcile_people(people, clinic=clinic, by=by, at=at)


def reconcile_people(
    people: Sequence[Patient], *, clinic: Clinic, by: Staff | None, at: datetime
) -> Counter[str]:
    """The same of many, whose rows are held; each with a line in the audit where
    something changed."""
    on = clinic_day(clinic, at)
    states = states_of(people, clinic=clinic, on=on)
    promises = {pk: owed(state, today=on) for pk, state in states.items()}
    rows = _rows_of(states, promises)
    total: Counter[str] = Counter()
    new: list[FollowUp] = []
    changed: list[FollowUp] = []
    told: list[tuple[Patient, dict[str, object]]] = []
    is_here = cache(partial(_works_at, clinic.pk))
    for person in people:
        state = states[person.pk]
        found = reckon_rows(
            state,
            promises[person.pk],
            rows[person.pk],
            clinic=clinic,
            on=on,
            at=at,
            is_here=is_here,
        )
        new += found.new
        changed += found.changed.values()
        total += found.done
        if found.done:
            told.append((person, {"changes": dict(found.done)}))
    _write(new, changed)
    total["taken_over"] = take_over(patient_ids=list(states), on=on, by=by, at=at)
    write_lines(clinic.pk, states, on=on, at=at)
    CareMark.objects.filter(
        patient__in=list(states), transaction=_transaction()
    ).delete()
    # Last: whoever writes to the chain of the audit holds it until the end.
    audit.record_many("follow_ups.reckoned", told, by=by, at=at)
    return +total


def _works_at(clinic_id: int, staff_id: int) -> bool:
    here = Membership.objects.filter(clinic=clinic_id, staff__is_active=True)
    return here.filter(staff=staff_id).exists()


def _write(new: list[FollowUp], changed: list[FollowUp]) -> None:
    """New rows, and in those that change what this module writes; as one statement for
    each hundreds, whatever changed in each of them."""
    FollowUp.objects.bulk_create(new, ignore_conflicts=True)
    FollowUp.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=("id",),
        update_fields=WRITTEN,
        batch_size=500,
    )


def on_plan_signed(*, plan: Plan, by: Staff, at: datetime, **_: object) -> None:
    """Hears `plan_signed`, inside the signing transaction. Publishes nothing."""
    reconcile(patient=plan.patient, by=by, at=at)


def _transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        number: int = cursor.fetchone()[0]
    return number


def reconcile_marked() -> EndOfRequest:
    """Reckon for everybody whose record a request changes, before it commits.

    A file of many people is left to the workers, and so is whoever another act holds at
    this moment: it may be waiting for what this one holds.
    """
    last = CareMark.objects.aggregate(last=Max("pk"))["last"] or 0

    def end(*, clinic: Clinic, by: Staff | None, at: datetime) -> None:
        own = CareMark.objects.filter(
            clinic=clinic, transaction=_transaction(), waits=False, pk__gt=last
        )
        ids = set(own.values_list("patient", flat=True)[:MANY_MARKS])
        if 0 < len(ids) <= AT_ONCE:
            _reckon_or_leave(ids, clinic=clinic, by=by, at=at)

    return end


def _reckon_or_leave(
    ids: Iterable[int], *, clinic: Clinic, by: Staff | None, at: datetime
) -> None:
    """What somebody recorded is never lost because what follows from it cannot be worked
    out: the marks stay, and the workers try again, set the person aside and tell."""
    try:
        with transaction.atomic():
            reconcile_people(held(ids, waits=False), clinic=clinic, by=by, at=at)
    except AWAY:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, the record comes first
        logger.error("reckoning failed: %s", type(fault).__name__)


def held(ids: Iterable[int], *, waits: bool = True) -> list[Patient]:
    """Those people, each row held until the end of the transaction, in one order."""
    rows = Patient.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=not waits
    )
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def reckon_marked(marks: list[CareMark], batch: Batch) -> Counter[str]:
    """Reckon for the people of these marks; all their marks so far are answered."""
    clinic = Clinic.objects.get(pk=batch.clinic_id)
    people = held({one.patient_id for one in marks})
    done = reconcile_people(people, clinic=clinic, by=None, at=batch.at)
    CareMark.objects.filter(pk__in=[one.pk for one in marks]).delete()
    return Counter(reckoned=len(people)) + done


def mark_everybody(clinic_id: int, on: date) -> int:
    """Mark everybody once a day, so that what is owed rolls on where nothing happens."""
    _, is_new = CareDay.objects.get_or_create(clinic_id=clinic_id, on=on)
    if not is_new:
        return 0
    number = _transaction()
    alive = Patient.objects.filter(clinic=clinic_id).exclude(
        status=Patient.Status.DECEASED
    )
    marks = (
        CareMark(clinic_id=clinic_id, patient_id=pk, transaction=number)
        for pk in alive.values_list("pk", flat=True).iterator()
    )
    return len(CareMark.objects.bulk_create(marks, batch_size=5_000))


def _rows_of(
    states: dict[int, CareState], promises: dict[int, tuple[Promise, ...]]
) -> dict[int, list[FollowUp]]:
    """What is open, and whatever has the key of a promise; in one statement."""
    keys = [one.key for found in promises.values() for one in found]
    mine = FollowUp.objects.filter(patient__in=list(states))
    found: dict[int, list[FollowUp]] = defaultdict(list)
    for row in mine.filter(Q(status__in=OPEN) | Q(key__in=keys)):
        found[row.patient_id].append(row)
    return found


def reckon_rows(
    state: CareState,
    promises: Iterable[Promise],
    rows: Iterable[FollowUp],
    *,
    clinic: Clinic,
    on: date,
    at: datetime,
    is_here: Callable[[int], bool],
) -> Reckoning:
    """What changes in the rows of one person; they are changed in place, none is saved."""
    change = Reckoning(is_here)
    by_key = {row.key: row for row in rows}
    wanted = {one.key: one for one in promises}
    _keep_what_was_done(by_key.values(), wanted, state, change, at=at)
    for key, one in wanted.items():
        row = by_key.get(key)
        if row is not None:
            if row.is_open or _is_undone(row, state, one, on=on):
                _bring_in_line(row, one, change, on=on)
        elif one.latest >= on or not one.only_ahead:
            row = _row(one, state, clinic, on=on, at=at)
            if kept_on(row, state, one) is None:
                change.add(row)
    for key, row in by_key.items():
        if row.is_open and _is_reckoned(row) and key not in wanted:
            _withdraw(row, state, wanted, on=on, at=at)
            change.change(row, "withdrawn")
    return change


def _is_undone(row: FollowUp, state: CareState, one: Promise, *, on: date) -> bool:
    """Whether nothing keeps a closed row any more. What was done longer ago than the
    record is read back for stands as it was closed."""
    if row.kept_on is not None and row.kept_on < read_back_to(on):
        return False
    return kept_on(row, state, one) is None


def _keep_what_was_done(
    rows: Iterable[FollowUp],
    wanted: dict[str, Promise],
    state: CareState,
    change: Reckoning,
    *,
    at: datetime,
) -> None:
    """Close what the record shows to be done, dated by the evidence."""
    for row in rows:
        if row.is_open and (day := kept_on(row, state, wanted.get(row.key))):
            keep_row(row, state, day, at)
            change.change(row, "kept")


def _is_reckoned(row: FollowUp) -> bool:
    """Whether this module wrote it, for this record or for one that went into it: staff
    and decisions add rows of their own."""
    return row.origin in RECKONED and bool(OF_RECKONING.match(row.key))


def _bring_in_line(row: FollowUp, one: Promise, change: Reckoning, *, on: date) -> None:
    """An open row follows its promise; one that nothing keeps any more opens again."""
    if row.status == Status.DONE and row.closed_by_id is None:
        _open_again(row, change, on)
        change.change(row, "opened_again")
    elif row.status == Status.CANCELLED and _was_withdrawn(row):
        _open_again(row, change, on)
        change.change(row, "taken_up_again")
    if row.is_open and _follow(row, one, on=on):
        change.change(row, "moved")


def _was_withdrawn(row: FollowUp) -> bool:
    return row.closed_by_id is None and row.outcome.startswith(row_words.NO_LONGER)


def _open_again(row: FollowUp, change: Reckoning, on: date) -> None:
    """What was given to somebody who has left meanwhile is the role's: whoever took over
    from them took over what was open."""
    if row.assigned_to_id is not None and not change.is_here(row.assigned_to_id):
        row.assigned_to_id = row.given_at = None
    row.closed_at = row.closed_by = row.kept_on = None
    row.outcome = ""
    row.status = status_on(on, earliest_on=row.earliest_on, latest_on=row.latest_on)


def status_on(on: date, *, earliest_on: date, latest_on: date) -> str:
    """What an open follow-up is on a day, by its window."""
    if latest_on < on:
        return Status.MISSED
    return Status.DUE if earliest_on <= on else Status.PLANNED


def _follow(row: FollowUp, one: Promise, *, on: date) -> bool:
    """Take over what the promise says now. What is late stays late, and where somebody
    chose a day, that day stays as long as the window allows it."""
    said: dict[str, object] = {
        "title": one.title[:160],
        "reason": one.reason[:300],
        "cite": one.cite,
        "verified": one.verified,
        "severity": one.severity.value,
    }
    if row.given_at is None:
        said["assigned_role"] = one.role.value
        if one.owner:
            said["assigned_to_id"] = int(one.owner)
    is_late = row.latest_on < on < one.latest
    if not is_late:
        due = one.due
        if row.moved_at is not None and one.earliest <= row.due_on:
            is_put_later = one.latest < on
            due = row.due_on if is_put_later else min(row.due_on, one.latest)
        said |= {"earliest_on": one.earliest, "due_on": due, "latest_on": one.latest}
    before = {name: getattr(row, name) for name in said}
    if before == said:
        return False
    for name, value in said.items():
        setattr(row, name, value)
    days = ("earliest_on", "due_on", "latest_on")
    if all(before.get(name) == said.get(name) for name in days if name in said):
        return True
    row.status = status_on(on, earliest_on=row.earliest_on, latest_on=row.latest_on)
    return True


def _withdraw(
    row: FollowUp,
    state: CareState,
    wanted: dict[str, Promise],
    *,
    on: date,
    at: datetime,
) -> None:
    """What is owed no more says why; a missed one that the next of its kind follows says
    that."""
    row.status, row.closed_at, row.closed_by = Status.CANCELLED, at, None
    if OF_REPEAT in row.key and is_series_over(row.key, wanted):
        row.outcome = row_words.NOT_REPEATED
        return
    if OF_GROUP in row.key:
        row.outcome = row_words.NOT_HELD
        return
    has_next = any(one.kind == row.kind for one in wanted.values())
    is_over = row.latest_on < on and state.phase in (
        CarePhase.IN_CARE,
        CarePhase.REFERRED,
    )
    row.outcome = row_words.withdrawn(state, is_missed=is_over and has_next)


def _row(
    one: Promise, state: CareState, clinic: Clinic, *, on: date, at: datetime
) -> FollowUp:
    is_event = one.after is not None
    return FollowUp(
        clinic_id=clinic.pk,
        patient_id=int(state.patient),
        plan_id=int(state.plan.key) if state.plan and not is_event else None,
        key=one.key,
        kind=one.kind,
        occasion=one.occasion,
        title=one.title[:160],
        reason=one.reason[:300],
        cite=one.cite,
        verified=one.verified,
        severity=one.severity.value,
        link=one.link,
        origin=FollowUp.Origin.EVENT if is_event else FollowUp.Origin.PLAN,
        earliest_on=one.earliest,
        due_on=one.due,
        latest_on=one.latest,
        assigned_role=one.role.value,
        assigned_to_id=int(one.owner) if one.owner else None,
        status=status_on(on, earliest_on=one.earliest, latest_on=one.latest),
        missed_at=at if one.latest < on else None,
        created_at=at,
    )
