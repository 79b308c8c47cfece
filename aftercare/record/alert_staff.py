"""Staff on the rungs of an alert: who is called on each, as the clinic stands now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Clinic, Membership
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from aftercare.models import Alert
from aftercare.record.covers import stand_ins
from knowledge.schedule.alerts import AlertRung
from patients.models import CareTeamMember, ChartRestriction

Part = CareTeamMember.Part

OWN = (Part.PRESCRIBER, Part.LEAD)
READ_CHARTS = [
    role for role, held in ROLE_PERMISSIONS.items() if Permission.PATIENT_VIEW in held
]


@dataclass(frozen=True, slots=True)
class RungStaff:
    """Who stands on a rung now; the role where all of it do."""

    ids: tuple[int, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class AlertStaff:
    """Active staff of a clinic by role, and of the person's care team by part; of a closed
    chart nobody is told but who opens it."""

    duty_role: str
    roles: Mapping[str, list[int]]
    team: Mapping[str, list[int]] = field(default_factory=dict)
    is_closed: bool = False
    # Of the team, who acts today in place of whom.
    hands: Mapping[int, int] = field(default_factory=dict)

    def on(self, rung: AlertRung) -> RungStaff:
        if rung == AlertRung.DUTY:
            return self._all_of(self.duty_role)
        if rung == AlertRung.PRESCRIBER:
            return self._own_prescribers() or self._all_of(Role.PRESCRIBER)
        if rung == AlertRung.DIRECTOR:
            return self._all_of(Role.MEDICAL_DIRECTOR)
        return RungStaff(self._everybody())

    def _all_of(self, role: str) -> RungStaff:
        ids = self._who_may_see(self.roles.get(role, ()))
        return RungStaff(ids, "" if self.is_closed else role)

    def _own_prescribers(self) -> RungStaff | None:
        named = [pk for part in OWN for pk in self.team.get(part, ())]
        here = self.roles.get(Role.PRESCRIBER, ())
        own = [pk for pk in named if pk in here]
        ids = (*own, *self._stand_ins(own))
        return RungStaff(tuple(dict.fromkeys(ids))) if ids else None

    def _stand_ins(self, own: Iterable[int]) -> tuple[int, ...]:
        """Who covers for them today, and can come in and read charts."""
        readers = {pk for role in READ_CHARTS for pk in self.roles.get(role, ())}
        hands = (self.hands.get(pk) for pk in own)
        return self._who_may_see(pk for pk in hands if pk in readers)

    def _everybody(self) -> tuple[int, ...]:
        """Duty role, prescribers and directors; where there are none of them, whoever
        reads charts."""
        roles = (self.duty_role, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
        return self._of(roles) or self._of(READ_CHARTS)

    def _of(self, roles: Iterable[str]) -> tuple[int, ...]:
        return self._who_may_see(
            dict.fromkeys(pk for role in roles for pk in self.roles.get(role, ()))
        )

    def _who_may_see(self, ids: Iterable[int]) -> tuple[int, ...]:
        if not self.is_closed:
            return tuple(ids)
        team = {pk for members in self.team.values() for pk in members}
        return tuple(pk for pk in ids if pk in team)


def staff_for(alert: Alert, clinic: Clinic, *, on: date) -> AlertStaff:
    roles: dict[str, list[int]] = defaultdict(list)
    active = Membership.objects.filter(clinic=clinic, staff__is_active=True)
    for staff, role in active.order_by("staff_id").values_list("staff_id", "role"):
        roles[role].append(staff)
    team: dict[str, list[int]] = defaultdict(list)
    members = CareTeamMember.objects.filter(patient=alert.patient_id, until_at=None)
    for part, staff in members.order_by("pk").values_list("part", "staff_id"):
        team[part].append(staff)
    closed = ChartRestriction.objects.filter(patient=alert.patient_id, lifted_at=None)
    covers = stand_ins(clinic.pk, [alert.patient_id], on=on)
    everyone = {pk for held in team.values() for pk in held}
    hands = {pk: covers.hand_for(pk, alert.patient_id) for pk in everyone}
    return AlertStaff(clinic.duty_role, dict(roles), dict(team), closed.exists(), hands)
