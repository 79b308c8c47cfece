"""Presence of others in an open intake just now."""

from datetime import datetime, timedelta

from accounts.models import Staff
from assessments.models import Intake, IntakePresence

# Seen every few seconds while the page is open; silent for so long, they have left.
GONE_AFTER = timedelta(seconds=30)


def note_presence(*, intake: Intake, step: str, by: Staff, at: datetime) -> None:
    """Somebody has this page of the intake open."""
    IntakePresence.objects.bulk_create(
        [
            IntakePresence(
                clinic_id=intake.clinic_id,
                intake=intake,
                staff=by,
                step=step,
                seen_at=at,
            )
        ],
        update_conflicts=True,
        unique_fields=["clinic", "intake", "staff"],
        update_fields=["step", "seen_at"],
    )


def others_here(intake: Intake, staff: Staff, *, at: datetime) -> list[IntakePresence]:
    """The others who have it open, in the order of their names."""
    seen = IntakePresence.objects.filter(intake=intake, seen_at__gt=at - GONE_AFTER)
    return list(
        seen.exclude(staff=staff).select_related("staff").order_by("staff__name", "pk")
    )
