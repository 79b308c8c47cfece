"""Telling who answers for privacy that a closed chart was opened in an emergency."""

from collections.abc import Mapping

from django.db.models import QuerySet

from accounts.models import Membership, Staff
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault
from patients import notices
from patients.models import EmergencyOpening, OpeningAlert

REVIEWERS = [
    role for role, held in ROLE_PERMISSIONS.items() if Permission.ACCESS_REVIEW in held
]


def owe_alerts(opening: EmergencyOpening) -> None:
    """One mail to each who may judge it; where nobody else may, to the admins."""
    to = _at_work(opening, REVIEWERS) or _at_work(opening, [Role.ADMIN])
    for staff in to:
        OpeningAlert.objects.create(
            clinic_id=opening.clinic_id,
            opening=opening,
            recipient=staff,
            created_at=opening.opened_at,
        )


def _at_work(opening: EmergencyOpening, roles: list[str]) -> QuerySet[Staff]:
    held = Membership.objects.filter(clinic=opening.clinic_id, role__in=roles)
    there = Staff.objects.active().filter(pk__in=held.values("staff"))
    return there.exclude(pk=opening.staff_id).order_by("pk")


def deliver_alert(rows: list[OpeningAlert], batch: Batch) -> Mapping[int, Fault]:
    """Hand one over, and note that it went out."""
    [alert] = rows
    try:
        notices.send_opening_alert(to=alert.recipient)
    except NotDelivered as reason:
        return {alert.pk: reason.fault}
    OpeningAlert.objects.filter(pk=alert.pk).update(sent_at=batch.at)
    return {}
