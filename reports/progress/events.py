"""Events of one person, from the records of every app, in one query."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    F,
    Model,
    QuerySet,
    TextField,
)
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Coalesce

from accounts.tenancy import day_here
from aftercare.models import CareEvent, FollowUp
from aftercare.models.events import event_choices
from aftercare.record.events.dangers import HappenedEvent
from assessments.models import Concern, IntakeAnswer
from knowledge.schedule.pathways import EventKind
from patients.models import Patient, StatusChange, Visit
from plans.models import Plan
from reports.progress.model import Mark, Undated

# Follow-ups that are a meeting when they are kept.
MEETINGS = ("visit", "contact", "first_week", "plan_review")
OVERDOSE_ON = "last_overdose_on"
NO_DAY = Cast(Constant(None), DateField())
NO_MOMENT = Cast(Constant(None), DateTimeField())
STATUS = Patient.Status
STATUSES = dict(STATUS.choices)
LEVELS = dict(Concern.Level.choices)
EVENTS = dict(event_choices())
EVENT, EVENT_OF_NO_DAY = "event", "event of no day"
VISITS = {
    "missed": "Visit missed",
    "attended": "Visit",
    "unknown": "Visit, kept or not",
}
# What is known of without its day: in which words, by kind.
UNDATED = {"visit undated": VISITS, "status undated": STATUSES}

type Rows = QuerySet[Any, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One row of any of the records."""

    kind: str
    on: date
    words: str
    more: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Visits, and everything else that gets a line of its own."""

    visits: tuple[date, ...]
    visits_missed: tuple[date, ...]
    marks: tuple[Mark, ...]
    undated: tuple[Undated, ...]
    # What the chart may warn of; those without a day too.
    care_events: tuple[HappenedEvent, ...]


def happened_to(patient: Patient) -> Happened:
    """Everything but scores, doses and tests."""
    rows = list(_union(patient))
    events = [_event(row) for row in rows if row[0] not in UNDATED]
    return Happened(
        visits=_days(events, "visit"),
        visits_missed=_days(events, "visit missed"),
        marks=(
            *filter(None, (_mark(event, patient) for event in events)),
            *(Mark(e.on, EVENTS[e.words]) for e in events if e.kind == EVENT),
        ),
        undated=_undated(row for row in rows if row[0] in UNDATED),
        care_events=tuple(
            HappenedEvent(int(one.more), EventKind(one.words), one.on)
            for one in events
            if one.kind in (EVENT, EVENT_OF_NO_DAY)
        ),
    )


def _undated(rows: Iterable[tuple[Any, ...]]) -> tuple[Undated, ...]:
    """Each said once, the commonest first."""
    said = Counter(
        (UNDATED[kind].get(words, words), _reasons(more))
        for kind, *_, words, more in rows
    )
    return tuple(Undated(*told, count) for told, count in said.most_common())


def _reasons(more: str) -> str:
    """Reasons of a visit as they are kept, or plain words."""
    return ", ".join(json.loads(more)).replace("_", " ") if more[:1] == "[" else more


def _days(events: Iterable[ProgressEvent], kind: str) -> tuple[date, ...]:
    return tuple(sorted({event.on for event in events if event.kind == kind}))


def _union(patient: Patient) -> Rows:
    of_them = {"patient": patient}
    visits = Visit.objects.filter(**of_them)
    dated = visits.exclude(on=None)
    changes = StatusChange.objects.filter(**of_them)
    happened = CareEvent.objects.in_force().filter(**of_them)
    events = happened.annotate(root=Coalesce("first", "pk"))
    parts = [
        _columns(
            events.filter(is_day_known=True),
            *(F("happened_on"), NO_MOMENT, EVENT, "kind", "root"),
        ),
        _columns(
            events.filter(is_day_known=False),
            *(F("happened_on"), NO_MOMENT, EVENT_OF_NO_DAY, "kind", "root"),
        ),
        _of_day(dated.filter(status="attended"), "visit", "kind"),
        _of_day(dated.filter(status="missed"), "visit missed", "kind"),
        _of_no_day(visits.filter(on=None), "visit undated", "status", "reasons"),
        _of_no_day(
            changes.filter(is_day_known=False), "status undated", "status", "reason"
        ),
        _of_moment(
            FollowUp.objects.filter(**of_them, status="done", kind__in=MEETINGS),
            *("visit", "closed_at", "kind", "title"),
        ),
        _of_moment(
            changes.filter(is_day_known=True),
            *("status", "changed_at", "status", "reason"),
        ),
        _of_moment(
            Plan.objects.filter(**of_them).exclude(status="draft"),
            *("plan", "signed_at", "version", "level_of_care"),
        ),
        _of_moment(
            Concern.objects.filter(**of_them, kind=Concern.Kind.SUICIDE_RISK),
            *("concern", "raised_at", "level", "reason"),
        ),
        _of_moment(
            IntakeAnswer.objects.filter(**of_them, question=OVERDOSE_ON, is_known=True),
            *("overdose", "answered_at", "value", "source"),
        ),
    ]
    first, *rest = parts
    rows: Rows = first.union(*rest, all=True).order_by()
    return rows


def _columns(
    rows: QuerySet[Any], on: Any, at: Any, kind: str, words: str, more: str
) -> Rows:
    columns = {
        "x_kind": Constant(kind, output_field=CharField()),
        "x_on": on,
        "x_at": at,
        "x_words": Cast(F(words), TextField()),
        "x_more": Cast(F(more), TextField()),
    }
    return cast(Rows, rows.order_by().annotate(**columns).values_list(*columns))


def _of_day[Row: Model](rows: QuerySet[Row], kind: str, words: str) -> Rows:
    return _columns(rows, F("on"), NO_MOMENT, kind, words, words)


def _of_no_day[Row: Model](
    rows: QuerySet[Row], kind: str, words: str, more: str
) -> Rows:
    return _columns(rows, NO_DAY, NO_MOMENT, kind, words, more)


def _of_moment[Row: Model](
    rows: QuerySet[Row], kind: str, at: str, words: str, more: str
) -> Rows:
    return _columns(rows, NO_DAY, F(at), kind, words, more)


def _event(row: tuple[Any, ...]) -> ProgressEvent:
    kind, on, at, words, more = row
    if kind == "overdose":
        on = _day_said(words) or on
    return ProgressEvent(kind, on or day_here(at), words or "", more or "")


def _day_said(value: str) -> date | None:
    """The day inside a stored answer; None where it is no day."""
    try:
        return date.fromisoformat(value.strip('"')[:10])
    except ValueError:
        return None


def _mark(event: ProgressEvent, patient: Patient) -> Mark | None:
    """An event in words; nothing for visits, nor for what admission says already."""
    words, more = event.words, event.more
    match event.kind:
        case "status" if (words, event.on) != (STATUS.ACTIVE, patient.admitted_on):
            return Mark(event.on, str(STATUSES.get(words, words)), more)
        case "plan":
            return Mark(event.on, f"Plan v{words}", "signed")
        case "concern":
            level = str(LEVELS.get(int(words), "")).lower()
            return Mark(event.on, f"Suicide risk: {level}", more)
        case "overdose":
            return Mark(event.on, "Overdose", "as told at intake")
    return None
