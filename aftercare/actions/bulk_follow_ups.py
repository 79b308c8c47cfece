"""Adding the same follow-up for many people, and taking it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts import audit
from accounts.access import may_at
from accounts.clinic_settings.days import open_days_of
from accounts.models import AuditEvent, Clinic, Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import ClinicClosed, FollowUpWindow
from aftercare.actions.recipients import RIGHTS
from aftercare.actions.reconcile import held, reconcile_people, status_on
from aftercare.models import FollowUp
from knowledge.schedule.kinds import follow_up_kind
from knowledge.wording.dates import whole_day
from patients.models import Patient

# In the key of a follow-up that was added with others.
TOGETHER = ":staff:together-"
TAKEN_BACK = "Added by mistake; taken back."


class NobodyToOwe(Refused):
    """Nobody of those chosen is in care, or was."""


class NotTheirsToTakeBack(RightMissing):
    """Neither did they add it, nor do they have the right of its kind."""


class NotAddedTogether(Refused):
    """It was not added for several people at once, or none of them is open any more."""


@transaction.atomic
def add_follow_ups(
    *,
    clinic: Clinic,
    people: Iterable[int],
    kind: str,
    title: str,
    window: FollowUpWindow,
    assigned_role: str,
    assigned_to: Staff | None = None,
    reason: str = "",
    by: Staff,
    at: datetime,
) -> list[FollowUp]:
    """Owe one more thing to each of many, on an open day, in few statements."""
    on = clinic_day(clinic, at)
    if why := open_days_of(clinic).why_closed(window.due_on):
        raise ClinicClosed(f"{whole_day(window.due_on)}: {why}. Choose an open day.")
    alive = [one for one in held(people) if one.status != Patient.Status.DECEASED]
    if not alive:
        raise NobodyToOwe("Nobody is chosen to whom it could be owed.")
    batch = uuid4().hex
    made = FollowUp.objects.bulk_create(
        FollowUp(
            clinic=clinic,
            patient=one,
            key=f"{one.pk}{TOGETHER}{batch}",
            kind=kind,
            title=title,
            reason=reason,
            origin=FollowUp.Origin.STAFF,
            earliest_on=window.earliest_on,
            due_on=window.due_on,
            latest_on=window.latest_on,
            status=status_on(
                on, earliest_on=window.earliest_on, latest_on=window.latest_on
            ),
            assigned_role=assigned_role,
            assigned_to=assigned_to,
            created_at=at,
        )
        for one in alive
    )
    told = {"kind": kind, "days": window.to_json()}
    audit.record_many("follow_up.added", [(one, told) for one in made], by=by, at=at)
    reconcile_people(alive, clinic=clinic, by=by, at=at)
    return made


@transaction.atomic
def take_back_added(*, follow_up: FollowUp, by: Staff, at: datetime) -> int:
    """Undo it for everybody for whom it is still open, and stands as it was added."""
    _, is_batch, batch = follow_up.key.partition(TOGETHER)
    rows = FollowUp.objects.open().filter(
        clinic=follow_up.clinic_id, moved_at=None, given_at=None
    )
    same = list(
        rows.filter(key__endswith=f"{TOGETHER}{batch}")
        .select_for_update(of=("self",))
        .order_by("pk")
        if is_batch
        else ()
    )
    if not same:
        raise NotAddedTogether("There is nothing to take back any more.")
    _refuse_taking_back(same[0], by)
    FollowUp.objects.filter(pk__in=[one.pk for one in same]).update(
        status=FollowUp.Status.CANCELLED, closed_at=at, closed_by=by, outcome=TAKEN_BACK
    )
    audit.record_many("follow_up.taken_back", [(one, {}) for one in same], by=by, at=at)
    people = held({one.patient_id for one in same})
    reconcile_people(people, clinic=follow_up.clinic, by=by, at=at)
    return len(same)


def _refuse_taking_back(one: FollowUp, by: Staff) -> None:
    """Whoever did not add it cancels it: as far as they may cancel one alone."""
    kind = follow_up_kind(one.kind)
    if may_at(by, one.clinic_id, RIGHTS.get(kind.needs, Permission.FOLLOW_UP_WORK)):
        return
    added = AuditEvent.objects.filter(
        verb="follow_up.added",
        staff_id=by.pk,
        at=one.created_at,
        subject=f"{one._meta.label_lower}:{one.pk}",
    )
    if not added.exists():
        raise NotTheirsToTakeBack(
            f"“{kind.words}” is taken back by who added it, or by a {kind.needs}."
        )
