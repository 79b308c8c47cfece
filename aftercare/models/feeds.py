from django.db import models
from django.db.models import Q

from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow


class CalendarFeed(ClinicRow):
    """A secret address from which a calendar program reads how much is due on which day;
    worked out from `nonce` like the link of a check-in, and nowhere kept."""

    staff = models.ForeignKey(Staff, **KEPT)
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "staff"],
                condition=Q(ended_at=None),
                name="calendarfeed_one_in_force",
            )
        ]
