"""Recipients on the staff of a notice about a follow-up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Membership
from accounts.permissions import Permission, Role, permissions_of
from aftercare.models import FollowUp
from aftercare.record.covers import NOBODY_COVERS, StandIns, stand_ins
from aftercare.record.parts import PARTS
from knowledge.schedule.kinds import ClosingRight, follow_up_kind
from knowledge.schedule.steps import DutySeverity
from patients.models import CareTeamMember, ChartRestriction

Part = CareTeamMember.Part

RIGHTS = {
    ClosingRight.CLINICIAN: Permission.CONCERN_RESOLVE,
    ClosingRight.PRESCRIBER: Permission.MEDICATION_DECIDE,
}
# Who of a team is asked first where an act needs a right.
ASKED_FIRST = (Part.PRESCRIBER, Part.LEAD, Part.PSYCHIATRIST, Part.COUNSELOR)


def right_for(kind: str, assigned_role: str) -> Permission:
    """What whoever does it has to be allowed to."""
    if assigned_role == FollowUp.AssignedRole.PRESCRIBER:
        return Permission.MEDICATION_DECIDE
    return RIGHTS.get(follow_up_kind(kind).needs, Permission.FOLLOW_UP_WORK)


@dataclass(frozen=True, slots=True)
class Recipients:
    """The staff of one clinic, and the care teams of some people there."""

    staff: frozenset[int]
    care_managers: tuple[int, ...]
    duty: tuple[int, ...]
    teams: dict[int, dict[str, int]]
    covers: StandIns = NOBODY_COVERS
    rights: dict[int, frozenset[Permission]] = field(default_factory=dict)
    # People whose chart is closed to all but their team.
    closed: frozenset[int] = frozenset()

    def to_remind(self, follow_up: FollowUp) -> tuple[int, ...]:
        """The one it is assigned to; else who holds the part. Where they have left, the
        duty role; where nobody was named, care managers. Of a danger to life the duty
        role hears at once too, whoever else does."""
        if follow_up.severity != DutySeverity.DANGER:
            return self._one_of(follow_up)
        return tuple(dict.fromkeys((*self._one_of(follow_up), *self.duty)))

    def _one_of(self, follow_up: FollowUp) -> tuple[int, ...]:
        if follow_up.assigned_to_id in self.staff:
            return self._instead_of(follow_up.assigned_to_id, follow_up)
        team = self.teams.get(follow_up.patient_id, {})
        for part in PARTS[follow_up.assigned_role]:
            if team.get(part) in self.staff:
                return self._instead_of(team[part], follow_up)
        if self.duty and self._is_vacant(follow_up):
            return self.duty
        return self.to_escalate(follow_up)

    def _instead_of(self, owner: int, follow_up: FollowUp) -> tuple[int, ...]:
        """Whoever covers for this hand today; where the act needs a right that they
        lack, who has it, and where nobody of the team has, the duty role too."""
        patient = follow_up.patient_id
        hand = self._hand_for(owner, patient)
        needed = right_for(follow_up.kind, follow_up.assigned_role)
        if hand is not None and needed in self.rights.get(hand, frozenset()):
            return (hand,)
        other = self.who_has(needed, patient, but=owner)
        if hand is None and patient not in self.closed:
            other = None
        if other is None:
            return tuple(dict.fromkeys((hand or owner, *self.duty)))
        return (owner, other) if hand == owner else (other,)

    def _hand_for(self, owner: int, patient: int) -> int | None:
        """Whoever acts in place of this hand today; None where somebody should, and can
        no longer come in or does not open this chart."""
        hand = self.covers.hand_for(owner, patient)
        is_able = hand in self.staff and self.opens(hand, patient)
        return hand if is_able or hand == owner else None

    def opens(self, staff: int, patient: int) -> bool:
        """Whether the chart of this person is not closed to them."""
        return (
            patient not in self.closed or staff in self.teams.get(patient, {}).values()
        )

    def who_has(self, needed: Permission, patient: int, *, but: int) -> int | None:
        """Somebody else of the person's team who may do it and is here today."""
        team = self.teams.get(patient, {})
        parts = (*ASKED_FIRST, *sorted(team))
        for held in (team[part] for part in parts if part in team):
            is_here = self.covers.hand_for(held, patient) == held
            if held != but and is_here and needed in self.rights.get(held, ()):
                return held
        return None

    def _is_vacant(self, follow_up: FollowUp) -> bool:
        """Whether whoever was named can no longer come in."""
        team = self.teams.get(follow_up.patient_id, {})
        named = [follow_up.assigned_to_id]
        named += [team.get(part) for part in PARTS[follow_up.assigned_role]]
        return any(pk is not None and pk not in self.staff for pk in named)

    def to_escalate(self, follow_up: FollowUp) -> tuple[int, ...]:
        """The person's own care manager, else every care manager of the clinic: also
        where whoever covers for them cannot act and nobody of the team can."""
        patient = follow_up.patient_id
        own = self.teams.get(patient, {}).get(Part.CARE_MANAGER)
        if own not in self.staff:
            return self.care_managers
        hand = self._hand_for(own, patient)
        if hand is None and patient in self.closed:
            hand = self.who_has(Permission.FOLLOW_UP_WORK, patient, but=own)
        return (hand,) if hand else tuple(dict.fromkeys((own, *self.care_managers)))


def recipients_for(
    clinic_id: int, follow_ups: Iterable[FollowUp], *, on: date
) -> Recipients:
    """In a fixed number of queries, however many follow-ups there are."""
    follow_ups = list(follow_ups)
    return recipients_of(clinic_id, {one.patient_id for one in follow_ups}, on=on)


def recipients_of(
    clinic_id: int, patient_ids: Iterable[int], *, on: date
) -> Recipients:
    """The same for these people, whatever is owed to them."""
    patient_ids = list(patient_ids)
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
        clinic=clinic_id, patient__in=patient_ids, until_at=None
    )
    for patient, part, staff in members.values_list("patient_id", "part", "staff_id"):
        teams[patient][part] = staff
    closed = ChartRestriction.objects.filter(lifted_at=None, patient__in=patient_ids)
    its: dict[int, set[str]] = defaultdict(set)
    for role, held_by in roles.items():
        for staff in held_by:
            its[staff].add(role)
    return Recipients(
        frozenset(its),
        tuple(roles[Role.CARE_MANAGER]),
        tuple(duty),
        dict(teams),
        stand_ins(clinic_id, patient_ids, on=on),
        {staff: permissions_of(frozenset(held)) for staff, held in its.items()},
        frozenset(closed.values_list("patient_id", flat=True)),
    )
