"""Windows as bars on one scale of days. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 420.0
WEEKS = 9
# Monday of the week before last: what is late is still on the scale.
BACK = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """The allowed days, the due day, in units of the drawing."""

    x: float
    width: float
    due_x: float
    is_late: bool


@dataclass(frozen=True, slots=True)
class WindowScale:
    """Nine weeks, from a Monday; what lies beyond is drawn at the edge."""

    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(weeks=WEEKS)

    @property
    def grid(self) -> list[float]:
        return [round(WIDTH * week / WEEKS, 1) for week in range(WEEKS + 1)]

    def at(self, day: date) -> float:
        share = (day - self.first).days / (7 * WEEKS)
        return round(WIDTH * min(max(share, 0.0), 1.0), 1)

    def bar(self, earliest: date, due: date, latest: date, *, today: date) -> Bar:
        left = min(self.at(earliest), WIDTH - 4)
        # The last allowed day counts whole.
        right = self.at(latest + timedelta(days=1))
        return Bar(
            left,
            max(round(right - left, 1), 4.0),
            min(self.at(due), WIDTH - 4),
            latest < today,
        )


def scale_for(today: date) -> WindowScale:
    monday = today - timedelta(days=today.weekday())
    return WindowScale(monday - timedelta(weeks=BACK - 1))
