"""The person's own course, as a plain picture after a weekly check-in was sent."""

from dataclasses import dataclass

from aftercare.models import CheckIn
from assessments.models import Assessment

WEEKLY, CRAVING = "weekly", "craving"
# As many weeks as fit on a phone; one alone is no course.
MOST, FEWEST = 8, 2
# The picture: left and right edge, the line of 0, and how high one step is.
LEFT, RIGHT, FLOOR, STEP = 30, 300, 108, 22


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """Craving on the worst day of each week, the oldest first."""

    values: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.values[0]

    @property
    def last(self) -> int:
        return self.values[-1]

    @property
    def points(self) -> list[tuple[int, int]]:
        wide = (RIGHT - LEFT) // (len(self.values) - 1)
        return [
            (LEFT + place * wide, FLOOR - value * STEP)
            for place, value in enumerate(self.values)
        ]

    @property
    def path(self) -> str:
        return "M" + " L".join(f"{x} {y}" for x, y in self.points)


def own_course(check_in: CheckIn) -> OwnCourse | None:
    """What the person said week by week; None where there is no course yet."""
    if WEEKLY not in check_in.instruments:
        return None
    rows = Assessment.objects.in_force().filter(
        patient=check_in.patient_id, instrument=WEEKLY
    )
    answers = rows.order_by("-given_at").values_list("answers", flat=True)
    told = [each.get(CRAVING) for each in answers[:MOST]]
    values = tuple(value for value in reversed(told) if value is not None)
    return OwnCourse(values) if len(values) >= FEWEST else None
