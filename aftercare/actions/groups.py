"""Groups of the clinic: kept, joined and left, held, moved, and who came."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.clinic_settings.days import open_days_of
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from aftercare.actions.reconcile import held, reconcile_people
from aftercare.models import (
    CareGroup,
    FollowUp,
    GroupAttendance,
    GroupMember,
    GroupSession,
)
from aftercare.owed.groups import OF_GROUP
from aftercare.record.groups import RosterLine, is_full, roster_of, session_on
from knowledge.schedule.groups import SessionDay, group_rules
from knowledge.wording.dates import whole_day
from patients.actions.registry import refuse_after_death
from patients.models import Patient

Mark = GroupAttendance.Mark
PUT_RIGHT = "No longer owed: the attendance was put right."


class GroupRefused(Refused):
    """What a group cannot be, or who cannot join it; `field` is what to put right."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def keep_group(
    *,
    clinic: Clinic,
    values: Mapping[str, object],
    group: CareGroup | None = None,
    by: Staff,
    at: datetime,
) -> CareGroup:
    """Begin a group, or say it anew; whoever is on its roster is owed its next day."""
    kept = group or CareGroup(clinic=clinic, since_on=clinic_day(clinic, at))
    for name, value in values.items():
        setattr(kept, name, value)
    kept.kept_at, kept.kept_by = at, by
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise GroupRefused("There is a group of this name.", "name") from None
    audit.record("group.kept", kept, by=by, at=at)
    _reckon(kept, by, at)
    return kept


@transaction.atomic
def join_group(
    *, group: CareGroup, patient: Patient, by: Staff, at: datetime
) -> GroupMember:
    """Put somebody on the roster, from today on."""
    group = CareGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    today = clinic_day(patient.clinic, at)
    refuse_after_death(patient, today)
    if patient.status == Patient.Status.DISCHARGED:
        raise GroupRefused("They left care. Take them back first.")
    if not group.is_current:
        raise GroupRefused("This group is held no more.", "group")
    if GroupMember.objects.current().filter(group=group, patient=patient).exists():
        raise GroupRefused("They are on this roster already.", "group")
    if is_full(group):
        raise GroupRefused(f"Full: {group.capacity} of {group.capacity}.", "group")
    member = GroupMember.objects.create(
        clinic_id=group.clinic_id,
        patient=patient,
        group=group,
        joined_on=today,
        joined_at=at,
        joined_by=by,
    )
    audit.record("group.joined", member, by=by, at=at)
    reconcile_people(held([patient.pk]), clinic=patient.clinic, by=by, at=at)
    return member


@transaction.atomic
def leave_group(
    *, member: GroupMember, why: str = "", by: Staff, at: datetime
) -> GroupMember:
    """Off the roster; what they came to stays on record."""
    rows = GroupMember.objects.select_related("patient__clinic")
    member = rows.select_for_update(of=("self",)).get(pk=member.pk)
    if member.left_at is not None:
        raise GroupRefused("They left this group already.")
    patient = member.patient
    member.left_on, member.left_why = clinic_day(patient.clinic, at), why
    member.left_at, member.left_by = at, by
    member.save(update_fields=["left_on", "left_why", "left_at", "left_by"])
    audit.record("group.left", member, by=by, at=at)
    reconcile_people(held([patient.pk]), clinic=patient.clinic, by=by, at=at)
    return member


@transaction.atomic
def change_session(
    *,
    group: CareGroup,
    planned_on: date,
    to: date | None,
    why: str,
    by: Staff,
    at: datetime,
) -> GroupSession:
    """Hold a session on another day, or not at all: whoever looks after the people of the
    roster is owed to tell them."""
    group = _held(group)
    today = clinic_day(group.clinic, at)
    _refuse_change(group, _session(group, planned_on, today), to, today)
    row, _ = GroupSession.objects.update_or_create(
        group=group,
        planned_on=planned_on,
        defaults={
            "clinic_id": group.clinic_id,
            "on": to,
            "why": why,
            "changed_at": at,
            "changed_by": by,
        },
    )
    verb = "group.cancelled" if to is None else "group.moved"
    audit.record(verb, row, by=by, at=at)
    _reckon(group, by, at)
    return row


def _refuse_change(
    group: CareGroup, session: SessionDay, to: date | None, today: date
) -> None:
    if (session.on or session.planned_on) < today:
        raise GroupRefused("This session is over.")
    told = GroupAttendance.objects.filter(group=group, planned_on=session.planned_on)
    if told.exists():
        raise GroupRefused("Its attendance is recorded already.")
    if to is None:
        return
    last = session.planned_on + timedelta(days=group_rules().number("moved_within"))
    if not today <= to <= last:
        raise GroupRefused(f"From today to {whole_day(last)}.", "to")
    if why := open_days_of(group.clinic).why_closed(to):
        raise GroupRefused(f"{whole_day(to)}: {why}. Choose an open day.", "to")


@transaction.atomic
def save_attendance(
    *,
    group: CareGroup,
    planned_on: date,
    marks: Mapping[int, str],
    shown: str,
    by: Staff,
    at: datetime,
) -> int:
    """Keep who came to one session: all of the roster in one save. Who is not marked
    stays not known."""
    group = _held(group)
    today = clinic_day(group.clinic, at)
    session = _session(group, planned_on, today)
    if session.on is None or session.on > today:
        raise GroupRefused("This session was not held yet, or not at all.")
    lines = roster_of(group, planned_on=planned_on)
    if digest_of_marks(lines) != shown:
        raise GroupRefused("It was saved meanwhile. Look again, then save.")
    changed = [
        line
        for line in lines
        if marks.get(line.member.patient_id, line.mark) != line.mark
    ]
    for line in changed:
        told = {
            "clinic_id": group.clinic_id,
            "on": session.on,
            "mark": marks[line.member.patient_id],
            "recorded_at": at,
            "recorded_by": by,
        }
        _mark(line, planned_on, told)
    audit.record("group.attendance", group, by=by, at=at, count=len(changed))
    ids = [line.member.patient_id for line in changed]
    reconcile_people(held(ids), clinic=group.clinic, by=by, at=at)
    return len(changed)


def _mark(line: RosterLine, planned_on: date, told: Mapping[str, object]) -> None:
    member = line.member
    GroupAttendance.objects.update_or_create(
        patient_id=member.patient_id,
        group_id=member.group_id,
        planned_on=planned_on,
        defaults=told,
    )
    if line.mark == Mark.PRESENT:
        # What it kept is kept no more; the next session is owed as ever.
        key = f"{OF_GROUP}{member.group_id}:{planned_on}"
        FollowUp.objects.filter(
            patient_id=member.patient_id,
            key__endswith=key,
            status=FollowUp.Status.DONE,
            closed_by=None,
        ).update(status=FollowUp.Status.CANCELLED, outcome=PUT_RIGHT, kept_on=None)


def digest_of_marks(lines: Sequence[RosterLine]) -> str:
    """What stands on the page of a session, so that nothing is saved over."""
    told = ";".join(f"{one.member.patient_id}:{one.mark}" for one in lines)
    return sha256(told.encode()).hexdigest()


def _session(group: CareGroup, planned_on: date, today: date) -> SessionDay:
    session = session_on(group, planned_on, today=today)
    if session is None:
        days = group_rules().number("looks_back")
        raise GroupRefused(f"No session of the last {days} days or of the next weeks.")
    return session


def _held(group: CareGroup) -> CareGroup:
    rows = CareGroup.objects.select_related("clinic")
    return rows.select_for_update(of=("self",)).get(pk=group.pk)


def _reckon(group: CareGroup, by: Staff, at: datetime) -> None:
    """Whoever is on the roster now."""
    ids = GroupMember.objects.current().filter(group=group)
    people = held(ids.values_list("patient", flat=True))
    reconcile_people(people, clinic=group.clinic, by=by, at=at)
