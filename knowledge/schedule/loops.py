"""Loops of referrals: their stages, what each owes and by when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from knowledge.numbers import Number
from knowledge.schedule.steps import ScheduleStep
from knowledge.tables import shaped, shipped


class LoopStage(StrEnum):
    """How far a referral has come; the last two are its ends."""

    ASKED = "asked"
    SENT = "sent"
    ACCEPTED = "accepted"
    MISSED = "missed"
    DECLINED = "declined"
    ATTENDED = "attended"
    HEARD = "heard"
    ENDED = "ended"

    @property
    def is_over(self) -> bool:
        return self in OVER

    @property
    def words(self) -> str:
        return OVER.get(self) or loops().stages[self].words


OVER = {
    LoopStage.HEARD: "We heard back",
    LoopStage.ENDED: "Ended",
}
# Which stages may follow; a slip is taken back, not overwritten.
NEXT: Mapping[LoopStage, tuple[LoopStage, ...]] = {
    LoopStage.ASKED: (LoopStage.SENT, LoopStage.ENDED),
    LoopStage.SENT: (
        LoopStage.SENT,
        LoopStage.ACCEPTED,
        LoopStage.DECLINED,
        LoopStage.ATTENDED,
        LoopStage.ENDED,
    ),
    LoopStage.ACCEPTED: (
        LoopStage.ATTENDED,
        LoopStage.MISSED,
        LoopStage.ACCEPTED,
        LoopStage.ENDED,
    ),
    LoopStage.MISSED: (
        LoopStage.ACCEPTED,
        LoopStage.ATTENDED,
        LoopStage.MISSED,
        LoopStage.ENDED,
    ),
    LoopStage.DECLINED: (LoopStage.ENDED,),
    LoopStage.ATTENDED: (LoopStage.HEARD, LoopStage.ATTENDED, LoopStage.ENDED),
    LoopStage.HEARD: (),
    LoopStage.ENDED: (),
}
# What it is called where a stage follows itself: somebody tried, and waits on.
AGAIN: Mapping[LoopStage, str] = {
    LoopStage.SENT: "Asked again: no answer yet",
    LoopStage.ACCEPTED: "Another day given",
    LoopStage.MISSED: "Missed again, or not reached",
    LoopStage.ATTENDED: "Asked: no word yet",
}


def step_words(stage: LoopStage, after: LoopStage) -> str:
    """What a step is called, after the stage before it."""
    return AGAIN[stage] if stage is after else stage.words


# How many of the five rings of the loop are closed.
CLOSED_RINGS = {
    LoopStage.ASKED: 0,
    LoopStage.SENT: 2,
    LoopStage.DECLINED: 2,
    LoopStage.ACCEPTED: 3,
    LoopStage.MISSED: 3,
    LoopStage.ATTENDED: 4,
    LoopStage.HEARD: 5,
    LoopStage.ENDED: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoopStep(ScheduleStep):
    """What a stage owes, and its short words."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoopTable:
    """The file, by its parts."""

    stages: Mapping[LoopStage, LoopStep]
    numbers: Mapping[str, Number]
    kinds: Mapping[str, str]


@cache
def loops() -> LoopTable:
    return shaped(LoopTable, shipped()["schedule"]["loops"], "schedule/loops")


def next_on(
    stage: LoopStage, *, since: date, visit_on: date | None, usual_days: int | None
) -> date | None:
    """The day on which the act of a stage is due; None where the loop is over."""
    if stage.is_over:
        return None
    step = loops().stages[stage]
    if stage is LoopStage.SENT and usual_days is not None:
        return since + timedelta(days=usual_days)
    counted = visit_on if stage is LoopStage.ACCEPTED and visit_on else since
    return counted + timedelta(days=step.day)
