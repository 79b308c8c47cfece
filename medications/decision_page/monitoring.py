"""Check of the PDMP on the day of a decision. No Django."""

from dataclasses import dataclass

from assessments.intake.catalogue import place_of
from assessments.picture import Picture
from knowledge.wording.dates import short_day

CHECKED = "pdmp"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What the page says of it; a check counts on its own day alone."""

    words: str
    is_checked: bool = False

    @property
    def step(self) -> str:
        """The step of the intake that asks for it."""
        return place_of(CHECKED)[0].key


def monitoring(picture: Picture) -> Monitoring:
    """Checked today, on an earlier day, or not as far as anybody said."""
    known = picture.known(CHECKED)
    if known is None or known.value is not True:
        return Monitoring("not checked")
    on = picture.day_of(known.as_of)
    if on == picture.today:
        return Monitoring("checked today", is_checked=True)
    return Monitoring(f"not checked today, last {short_day(on, picture.today)}")
