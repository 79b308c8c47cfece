"""Facts from the newest talk about the medicines that was handed back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assessments.picture.sources import Join, Query, Source, Stated, Subject
from medications.models import DecisionTalk
from medications.models.medicines import NONE, THINK

TALK = "shared decision"
# Weighing on, and choosing none of them, leave no medicine that is preferred.
NO_MEDICINE = (THINK, NONE)


@dataclass(frozen=True, slots=True)
class TalkSaid:
    """What was said in a talk that was handed back."""

    choice: str
    matters: list[str]
    most: list[str]
    sent_at: datetime


def _newest(ids: list[int], at: datetime) -> Mapping[int, list[TalkSaid]]:
    rows = (
        DecisionTalk.objects.filter(patient__in=ids, sent_at__lte=at)
        .order_by("patient", "-sent_at", "-id")
        .distinct("patient")
        .values_list("patient", "choice", "matters", "matters_most", "sent_at")
    )
    return {pk: [TalkSaid(*parts)] for pk, *parts in rows}


def talk_facts(_subject: Subject, talks: list[TalkSaid]) -> Iterator[Stated]:
    """What matters, what of it most, and the medicine wished for."""
    for talk in talks:
        if talk.matters:
            yield Stated("values", talk.matters, talk.sent_at, TALK)
            yield Stated("values_most", talk.most, talk.sent_at, TALK)
        if talk.choice:
            wish = [] if talk.choice in NO_MEDICINE else [talk.choice]
            yield Stated("preference", wish, talk.sent_at, TALK)


SOURCE = Source(
    "talk",
    dict.fromkeys(("values", "values_most", "preference"), Join.NEWEST),
    talk_facts,
    queries=(Query(_newest),),
    over=("answers",),
)
