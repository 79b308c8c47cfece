"""Health of the workers: when they were last here, and what they set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from accounts import tenancy
from jobs.models import Claim, Heartbeat

# The clock rings every fifteen seconds.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last heartbeat of any worker, and how many rows wait for somebody."""

    beat_at: datetime | None
    set_aside: int

    def is_late(self, *, at: datetime) -> bool:
        return self.beat_at is None or self.beat_at + LATE < at


def pulse() -> Pulse:
    """Of the whole site."""
    with tenancy.every_clinic(actor="system:health"):
        beats = Heartbeat.objects.aggregate(last=Max("beat_at"))
        return Pulse(beats["last"], Claim.objects.set_aside().count())
