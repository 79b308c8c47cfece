"""A colleague leaves: the day is announced, successors are named, then access ends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.actions import end_access
from accounts.models import Clinic, Staff
from accounts.refusals import Refused, as_shown
from accounts.tenancy import clinic_day
from aftercare.actions.holdings import (
    FOLLOW_UPS,
    Colleague,
    assigned_to,
    colleagues_of,
    group_of,
    holdings_of,
    last_admin,
    parts_of,
)
from aftercare.models import StaffLeaving, Successor
from jobs.queues import Batch
from patients.actions.care_team import PartMove, hand_parts_over
from patients.models import CareTeamMember

NAMED = ("named_here",)
WHY = "Left; what they held was handed over."


class LeavingRefused(Refused):
    """It cannot be arranged so."""


class DayPast(LeavingRefused):
    """The last day lies before today."""

    field = "leaves_on"


class NotEverybodyNamed(LeavingRefused):
    """Somebody would be left without a name."""


class CannotTakeOver(LeavingRefused):
    """Whoever was chosen does not work here, or may not hold this part."""


class HandedOver(LeavingRefused):
    """It is settled; access ends on the day."""


@transaction.atomic
def announce_leaving(
    *, clinic: Clinic, staff: Staff, leaves_on: date, by: Staff, at: datetime
) -> StaffLeaving:
    """Say on which day somebody leaves, or another day than before."""
    if staff == by:
        raise LeavingRefused("Another admin has to arrange your leaving.")
    if leaves_on < clinic_day(clinic, at):
        raise DayPast("This day is over.")
    leaving, is_new = StaffLeaving.objects.select_for_update(
        of=("self",)
    ).get_or_create(
        clinic=clinic,
        staff=staff,
        ended_at=None,
        defaults={"leaves_on": leaves_on, "announced_at": at, "announced_by": by},
    )
    if not is_new:
        leaving.leaves_on = leaves_on
        leaving.save(update_fields=["leaves_on"])
    audit.record(
        "staff.leaving_announced", leaving, by=by, at=at, on=leaves_on.isoformat()
    )
    return leaving


def open_leaving(clinic: Clinic, staff: Staff) -> StaffLeaving | None:
    """The leaving of somebody that is not carried out yet."""
    known = StaffLeaving.objects.filter(clinic=clinic, staff=staff, ended_at=None)
    return known.select_related("clinic", "staff").first()


@transaction.atomic
def name_successors(
    *,
    leaving: StaffLeaving,
    chosen: Mapping[str, Staff | None],
    shown: str,
    by: Staff,
    at: datetime,
) -> None:
    """Keep who takes over which group; nobody chosen leaves it open."""
    leaving = with_named(_held(leaving))
    as_shown(leaving, shown, NAMED)
    able = {one.staff.pk: one for one in colleagues_of(leaving.clinic, leaving.staff)}
    for holding in holdings_of(leaving.clinic, leaving.staff):
        staff = chosen.get(holding.key)
        if staff is None:
            Successor.objects.filter(leaving=leaving, group=holding.key).delete()
            continue
        colleague = able.get(staff.pk)
        if colleague is None or holding.needs not in colleague.permissions:
            raise CannotTakeOver(f"{staff.name} may not take this over.")
        Successor.objects.update_or_create(
            clinic=leaving.clinic,
            leaving=leaving,
            group=holding.key,
            defaults={"staff": staff},
        )
    audit.record(
        "staff.successors_named",
        leaving,
        by=by,
        at=at,
        named={key: one.pk for key, one in chosen.items() if one},
    )


def _held(leaving: StaffLeaving) -> StaffLeaving:
    locked = (
        StaffLeaving.objects.select_for_update(of=("self",))
        .select_related("clinic", "staff")
        .get(pk=leaving.pk)
    )
    if locked.ended_at is not None or locked.confirmed_at is not None:
        raise HandedOver("This is settled already. Announce another day to change it.")
    return locked


def with_named(leaving: StaffLeaving) -> StaffLeaving:
    """The same, with who is named so far: what a choice of successors is a change of."""
    named = Successor.objects.filter(leaving=leaving).order_by("group")
    pairs = named.values_list("group", "staff_id")
    leaving.named_here = " ".join(f"{group}={staff}" for group, staff in pairs)
    return leaving


def named_of(
    leaving: StaffLeaving, colleagues: Iterable[Colleague] | None = None
) -> dict[str, Staff]:
    """Who takes over what, of those who are still at work here."""
    if colleagues is None:
        colleagues = colleagues_of(leaving.clinic, leaving.staff)
    able = {one.staff.pk for one in colleagues}
    named = Successor.objects.filter(leaving=leaving).select_related("staff")
    return {one.group: one.staff for one in named if one.staff_id in able}


def unnamed(leaving: StaffLeaving) -> int:
    """How many groups have nobody to take them over."""
    named = named_of(leaving)
    return sum(
        one.key not in named for one in holdings_of(leaving.clinic, leaving.staff)
    )


@transaction.atomic
def confirm_leaving(*, leaving: StaffLeaving, by: Staff, at: datetime) -> StaffLeaving:
    """Settle it, once nobody is left without a name. Where the day is over, or the
    access has ended, it is carried out at once."""
    leaving = _held(leaving)
    if count := unnamed(leaving):
        raise NotEverybodyNamed(f"{count} without a name: choose who takes over.")
    if last_admin(leaving.clinic, leaving.staff):
        raise LeavingRefused("A clinic needs one active admin. Give the role first.")
    leaving.confirmed_at, leaving.confirmed_by = at, by
    leaving.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record("staff.leaving_confirmed", leaving, by=by, at=at)
    is_out = not leaving.staff.memberships.filter(clinic=leaving.clinic).exists()
    if is_out:
        carry_out(leaving, by=by, at=at)
    return leaving


def carry_out(leaving: StaffLeaving, *, by: Staff, at: datetime) -> None:
    """Hand everything over, then end the access. What came after the names were chosen
    goes with its part; what has no name then is vacant, and the duty role hears of it."""
    clinic, staff = leaving.clinic, leaving.staff
    named = named_of(leaving)
    moves = [
        PartMove(member.patient_id, member.part, successor.pk)
        for member in parts_of(clinic, staff)
        if (successor := _successor(named, member))
    ]
    hand_parts_over(clinic=clinic, moves=moves, by=by, at=at)
    if FOLLOW_UPS in named:
        assigned_to(clinic, staff).update(assigned_to=named[FOLLOW_UPS])
    if staff.memberships.filter(clinic=clinic).exists():
        end_access(staff=staff, clinic=clinic, why=WHY, by=by, at=at)
    leaving.ended_at = at
    leaving.save(update_fields=["ended_at"])
    audit.record("staff.handed_over", leaving, by=by, at=at)


def _successor(named: Mapping[str, Staff], member: CareTeamMember) -> Staff | None:
    alone = named.get(f"person:{member.patient_id}")
    return alone or named.get(group_of(member))


def end_leavings(rows: list[StaffLeaving], batch: Batch) -> Counter[str]:
    """Those whose last day is over."""
    for leaving in rows:
        by = leaving.confirmed_by
        assert by is not None  # noqa: S101 - confirmed, by the queue's own filter
        carry_out(leaving, by=by, at=batch.at)
    return Counter(left=len(rows))
