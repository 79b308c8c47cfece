"""Sheets that somebody fills in alone, on a link or a tablet: what is typed and not sent,
and whether a clinician dealt with it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aftercare.models import Alert, CheckIn
from assessments.models import Concern, Handover
from knowledge.instruments.questionnaire import Said, dangerous_answers

# By the column of an alert that names a sheet: what its answers, once sent, say of it.
SENT_AS = {"check_in": "check-in", "handover": "handover"}
# A sheet by its number, under that column.
type SheetKey = Mapping[str, int]
# The sheet itself, under its column.
type UnsentSheet = Mapping[str, Any]


def sheet_of(concern: Concern | None) -> SheetKey:
    """Where the answers were typed that raised a concern; empty where staff asked."""
    if concern is None or concern.assessment is None:
        return {}
    word, _, rest = concern.assessment.source_key.partition(":")
    number = rest.partition(":")[0]
    return {f"{key}_id": int(number) for key, its in SENT_AS.items() if its == word}


def was_dealt_with(sheet: SheetKey, given: Said) -> bool:
    """Whether the last words of a clinician about a sheet were about these answers, or
    about more of them."""
    over = Alert.objects.filter(ended_why=Alert.Ended.ANSWERED, **sheet)
    last = over.order_by("-ended_at", "-pk").first() if sheet else None
    if last is None:
        return False
    return all(
        set(dangerous_answers(key, said))
        <= set(dangerous_answers(key, last.typed.get(key, {})))
        for key, said in given.items()
    )


def unsent_beside(alert: Alert, *, at: datetime) -> Iterator[UnsentSheet]:
    """What the person of an alert may still send, but for where that itself came from."""
    links = CheckIn.objects.filter(patient=alert.patient_id).usable(at=at)
    for check_in in links.exclude(alerts=alert).select_related("patient"):
        yield {"check_in": check_in}
    tablets = Handover.objects.filter(patient=alert.patient_id, ended_at=None)
    for handover in tablets.exclude(alerts=alert).select_related("patient"):
        yield {"handover": handover}
