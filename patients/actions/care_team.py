"""Care teams of many people, changed in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from patients.models import CareTeamMember, Patient


@dataclass(frozen=True, slots=True)
class PartMove:
    """One part in the care of one person, and who holds it from now on; None: nobody."""

    patient_id: int
    part: str
    staff_id: int | None


@transaction.atomic
def hand_parts_over(
    *, clinic: Clinic, moves: Sequence[PartMove], by: Staff, at: datetime
) -> dict[tuple[int, str], int | None]:
    """Parts of many people into other hands, in a fixed number of statements; of each
    that moved, who held it before."""
    wanted = {(one.patient_id, one.part): one.staff_id for one in moves}
    rows = CareTeamMember.objects.select_for_update(of=("self",)).filter(
        clinic=clinic,
        until_at=None,
        patient__in={patient for patient, _ in wanted},
        part__in={part for _, part in wanted},
    )
    held = {(one.patient_id, one.part): one for one in rows.order_by("pk")}
    before: dict[tuple[int, str], int | None] = {
        key: held[key].staff_id if key in held else None for key in wanted
    }
    moved = {key: who for key, who in before.items() if who != wanted[key]}
    ended = [held[key].pk for key in moved if key in held]
    CareTeamMember.objects.filter(pk__in=ended).update(until_at=at)
    CareTeamMember.objects.bulk_create(
        [
            CareTeamMember(
                clinic=clinic,
                patient_id=patient,
                staff_id=staff_id,
                part=part,
                since_at=at,
            )
            for patient, part in moved
            if (staff_id := wanted[patient, part]) is not None
        ]
    )
    audit.record_many(
        "care_team.joined",
        (
            (
                Patient(pk=patient, clinic=clinic),
                {"part": part, "member": wanted[patient, part]},
            )
            for patient, part in moved
        ),
        by=by,
        at=at,
    )
    return moved
