"""Recipients on the staff of a notice about a follow-up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Membership
from accounts.permissions import Role
from aftercare.models import FollowUp
from knowledge.schedule.steps import DutySeverity
from patients.models import CareTeamMember

Part = CareTeamMember.Part

# Which parts of the care team stand for the role that a follow-up names.
PARTS: dict[str, tuple[str, ...]] = {
    FollowUp.AssignedRole.CARE_MANAGER: (Part.CARE_MANAGER,),
    FollowUp.AssignedRole.PRESCRIBER: (Part.PRESCRIBER, Part.LEAD),
    FollowUp.AssignedRole.CLINICIAN: (Part.COUNSELOR, Part.THERAPIST, Part.LEAD),
}


@dataclass(frozen=True, slots=True)
class Recipients:
    """The staff of one clinic, and the care teams of some people there."""

    staff: frozenset[int]
    care_managers: tuple[int, ...]
    duty: tuple[int, ...]
    teams: dict[int, dict[str, int]]

    def to_remind(self, follow_up: FollowUp) -> tuple[int, ...]:
        """The one it is assigned to; else who holds the part. Where they have left, the
        duty role; where nobody was named, care managers. Of a danger to life the duty
        role hears at once too, whoever else does."""
        if follow_up.severity != DutySeverity.DANGER:
            return self._one_of(follow_up)
        return tuple(dict.fromkeys((*self._one_of(follow_up), *self.duty)))

    def _one_of(self, follow_up: FollowUp) -> tuple[int, ...]:
        if follow_up.assigned_to_id in self.staff:
            return (follow_up.assigned_to_id,)
        team = self.teams.get(follow_up.patient_id, {})
        for part in PARTS[follow_up.assigned_role]:
            if team.get(part) in self.staff:
                return (team[part],)
        if self.duty and self._is_vacant(follow_up):
            return self.duty
        return self.to_escalate(follow_up)

    def _is_vacant(self, follow_up: FollowUp) -> bool:
        """Whether whoever was named can no longer come in."""
        team = self.teams.get(follow_up.patient_id, {})
        named = [follow_up.assigned_to_id]
        named += [team.get(part) for part in PARTS[follow_up.assigned_role]]
        return any(pk is not None and pk not in self.staff for pk in named)

    def to_escalate(self, follow_up: FollowUp) -> tuple[int, ...]:
        """The person's own care manager, else every care manager of the clinic."""
        own = self.teams.get(follow_up.patient_id, {}).get(Part.CARE_MANAGER)
        return (own,) if own in self.staff else self.care_managers


def recipients_for(clinic_id: int, follow_ups: Iterable[FollowUp]) -> Recipients:
    """In two queries, however many follow-ups there are."""
    roles: dict[str, list[int]] = defaultdict(list)
    active = Membership.objects.filter(clinic=clinic_id, staff__is_active=True)
    duty: list[int] = []
    held = active.values_list("staff_id", "role", "clinic__duty_role")
    for staff, role, duty_role in held.order_by("staff_id"):
        roles[role].append(staff)
        if role == duty_role:
            duty.append(staff)
    teams: dict[int, dict[str, int]] = defaultdict(dict)
    members = CareTeamMember.objects.filter(
        clinic=clinic_id,
        patient__in={one.patient_id for one in follow_ups},
        until_at=None,
    )
    for patient, part, staff in members.values_list("patient_id", "part", "staff_id"):
        teams[patient][part] = staff
    return Recipients(
        frozenset(staff for held in roles.values() for staff in held),
        tuple(roles[Role.CARE_MANAGER]),
        tuple(duty),
        dict(teams),
    )
