"""Ways of reaching somebody, their limits, and the words of a letter. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.schedule.steps import Rung
from knowledge.tables import shaped, shipped

PHONE = "phone"


class WayAsks(StrEnum):
    """What has to be there before a way is offered."""

    NOTHING = ""
    CONSENT = "consent"
    WISH = "wish"
    GATE = "gate"

    @property
    def words(self) -> str:
        return ASKED[self]


ASKED = {
    WayAsks.NOTHING: "Always open",
    WayAsks.CONSENT: "With a consent in writing that names them",
    WayAsks.WISH: "Where they asked for messages",
    WayAsks.GATE: "Through the gate",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReachWay(Cited):
    """One way of trying, and what a try by it may come to; `has_form` where somebody goes
    out and tells of it afterwards."""

    words: str
    icon: str
    outcomes: tuple[str, ...]
    asks: WayAsks = WayAsks.NOTHING
    has_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reaching:
    """The file, by its parts."""

    ways: Mapping[str, ReachWay]
    numbers: Mapping[str, Number]
    # By language.
    letter: Mapping[str, Mapping[str, str]]
    rung: tuple[Rung, ...]

    def number(self, name: str) -> int:
        return self.numbers[name].days

    def part_of_day(self, moment: datetime) -> str:
        """The part of the day that a moment on the clinic's clock lies in."""
        if moment.hour < self.number("afternoon"):
            return "mornings"
        return "afternoons" if moment.hour < self.number("evening") else "evenings"

    def best_time(self, reached: Iterable[datetime]) -> str:
        """`mornings, 3 of 4`: when somebody was reached most often; empty where never, or
        where no part of the day stands out."""
        counted = Counter(self.part_of_day(one) for one in reached)
        first = counted.most_common(2)
        if not first or (len(first) > 1 and first[0][1] == first[1][1]):
            return ""
        return f"{first[0][0]}, {first[0][1]} of {counted.total()}"

    def letter_lines(
        self, language: str, *, name: str, phone: str
    ) -> tuple[str, tuple[str, ...], str]:
        """The greeting, the lines, and the close; the number where there is one."""
        said = {key: words[language] for key, words in self.letter.items()}
        number = (said["number"].format(phone=phone),) if phone else ()
        lines = (said["ask"], *number, said["door"])
        return said["greeting"].format(name=name), lines, said["close"]


@cache
def reaching() -> Reaching:
    return shaped(Reaching, shipped()["schedule"]["outreach"], "schedule/outreach")
