"""One story of the demo as it is told: who, by whom, and which moment it has come to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from accounts.tenancy import clinic_clock, clinic_day
from devtools.demo.clinics import Team
from devtools.demo.people import DemoStory

OPENS = time(9, 5)


@dataclass(slots=True)
class Telling:
    """One story being told: who, by whom, with which chances, and the present."""

    story: DemoStory
    team: Team
    rng: Random
    now: datetime

    @property
    def begun(self) -> date:
        """The day of the referral, counted back on the clinic's calendar: by hours, one
        that lies beyond a change of the clocks may be the day before or after."""
        return self.day(self.now) - timedelta(days=self.story.days)

    def moment(self, days: float, hours: float = 0) -> datetime:
        """That long after the referral, never later than a little while ago."""
        zone = clinic_clock(self.team.clinic, self.now).tzinfo
        first = datetime.combine(self.begun, OPENS, zone)
        wanted = (first + timedelta(days=days, hours=hours)).astimezone(UTC)
        return min(wanted, self.now - timedelta(minutes=30))

    def day(self, at: datetime) -> date:
        """The day of a moment at the clinic where the story is told."""
        return clinic_day(self.team.clinic, at)
