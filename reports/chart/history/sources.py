"""Sources of the history: a query for each kind of row, all of one shape."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    When,
)
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Coalesce, JSONObject, TruncDate

from aftercare.models import CareEvent, FollowUp, OutreachAttempt
from assessments.models import Assessment, Concern, Intake, Observation
from medications.models import MedicationDecision
from patients.models import (
    Consent,
    ConsentEnd,
    Disclosure,
    Patient,
    StatusChange,
    Visit,
)
from plans.models import Plan
from reports.chart.history import telling
from reports.chart.history.entries import EntryWords, HistoryKind
from treatment.models import DoseEvent, Regimen, ToxicologyResult

type Rows = QuerySet[Any, Any]

NOBODY = Constant("", output_field=TextField())
NO_TIME = Cast(Constant(None), DateTimeField())
STANDS = Constant("", output_field=TextField())
COLUMNS = ("x_source", "x_on", "x_at", "x_pk", "x_who", "x_taken_back", "x_row")
ERROR, AMENDED, TAKEN_BACK = "entered in error", "amended since", "taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySource:
    """One kind of row: which they are, when it was, who did it, what it tells.

    `day` names a day where the row has no time of day; `row` is what `tell` reads.
    """

    key: str
    kind: HistoryKind
    rows: Callable[[Patient], Rows]
    tell: Callable[[telling.Row], EntryWords]
    row: dict[str, Any]
    moment: str = ""
    day: str = ""
    who: str = ""
    taken_back: Any = STANDS
    # Among the few things that the course of somebody's care is told by.
    is_milestone: bool = False

    def read(self, patient: Patient, until: date) -> Rows:
        """Its rows up to a day, in the columns of all."""
        on = F(self.day) if self.day else TruncDate(self.moment)
        said = {
            "x_source": Constant(self.key, output_field=CharField()),
            "x_on": Cast(on, DateField()),
            "x_at": F(self.moment) if self.moment else NO_TIME,
            "x_pk": Cast(self._pk, IntegerField()),
            "x_who": Coalesce(Cast(F(self.who), TextField()), NOBODY)
            if self.who
            else NOBODY,
            "x_taken_back": self.taken_back,
            "x_row": JSONObject(patient="patient_id", **self.row),
        }
        rows: Rows = self.rows(patient).order_by().annotate(**said)
        return rows.filter(x_on__lte=until).values_list(*COLUMNS)

    @property
    def _pk(self) -> Any:
        return F("newest") if self.key == "drug_test" else F("pk")


def _of(model: Any, **wanted: Any) -> Callable[[Patient], Rows]:
    def rows(patient: Patient) -> Rows:
        found: Rows = model.objects.filter(patient=patient, **wanted)
        return found

    return rows


def _specimens(patient: Patient) -> Rows:
    """A specimen is its results of one moment."""
    result = JSONObject(analyte="analyte", result="result", is_expected="is_expected")
    return (
        ToxicologyResult.objects.filter(patient=patient)
        .values("patient_id", "collected_at")
        .annotate(
            newest=Max("pk"),
            by=Max("recorded_by__name"),
            results=JSONBAgg(result, order_by="analyte"),
        )
    )


def _settled(patient: Patient) -> Rows:
    return Consent.objects.filter(patient=patient).asked()


def _marked(condition: Q, words: str) -> Any:
    return Case(
        When(condition, then=Constant(words)), default=STANDS, output_field=TextField()
    )


def _scores_taken_back() -> Any:
    amended = Assessment.objects.filter(amends=OuterRef("pk")).exclude(
        status=Assessment.Status.ENTERED_IN_ERROR
    )
    return Case(
        When(status=Assessment.Status.ENTERED_IN_ERROR, then=Constant(ERROR)),
        When(Exists(amended), then=Constant(AMENDED)),
        default=STANDS,
        output_field=TextField(),
    )


def _event_taken_back() -> Any:
    return Case(
        When(taken_back_at__isnull=False, then=Constant(TAKEN_BACK)),
        When(replaced_by__isnull=False, then=Constant(AMENDED)),
        default=STANDS,
        output_field=TextField(),
    )


SOURCES = (
    HistorySource(
        key="event",
        kind=HistoryKind.EVENTS,
        rows=_of(CareEvent),
        day="happened_on",
        who="recorded_by__name",
        row={"pk": "pk", "first": "first_id", "kind": "kind", "words": "words"}
        | {"is_day_known": "is_day_known", "why": "taken_back_why"},
        tell=telling.event,
        taken_back=_event_taken_back(),
    ),
    HistorySource(
        key="contact",
        kind=HistoryKind.CONTACTS,
        rows=_of(OutreachAttempt),
        moment="made_at",
        who="made_by__name",
        row={"channel": "channel", "outcome": "outcome", "note": "note"},
        tell=telling.contact,
        taken_back=_marked(Q(taken_back_at__isnull=False), TAKEN_BACK),
    ),
    HistorySource(
        key="follow_up",
        kind=HistoryKind.CONTACTS,
        rows=_of(FollowUp, status=FollowUp.Status.DONE),
        moment="closed_at",
        who="closed_by__name",
        row={"title": "title", "outcome": "outcome"},
        tell=telling.follow_up,
    ),
    HistorySource(
        key="visit",
        kind=HistoryKind.CONTACTS,
        rows=_of(Visit, on__isnull=False),
        day="on",
        who="recorded_by__name",
        row={"kind": "kind", "status": "status", "reasons": "reasons"},
        tell=telling.visit,
    ),
    HistorySource(
        key="dose",
        kind=HistoryKind.DOSES,
        rows=_of(DoseEvent),
        day="on",
        moment="at",
        who="recorded_by__name",
        row={"medication": "medication", "kind": "kind", "mg": "amount_mg"}
        | {"note": "note"},
        tell=telling.dose,
    ),
    HistorySource(
        key="score",
        kind=HistoryKind.RESULTS,
        rows=_of(Assessment),
        moment="given_at",
        who="given_by__name",
        row={"pk": "pk", "instrument": "instrument", "total": "total"}
        | {"band": "band", "mode": "mode", "why": "error_reason"},
        tell=telling.score,
        taken_back=_scores_taken_back(),
    ),
    HistorySource(
        key="measured",
        kind=HistoryKind.RESULTS,
        rows=_of(Observation),
        moment="effective_at",
        who="recorded_by__name",
        row={"code": "code", "value": "value", "sign": "comparator", "text": "text"}
        | {"unit": "unit", "why": "error_reason"},
        tell=telling.measured,
        taken_back=_marked(Q(error_at__isnull=False), ERROR),
    ),
    HistorySource(
        key="drug_test",
        kind=HistoryKind.RESULTS,
        rows=_specimens,
        moment="collected_at",
        who="by",
        row={"results": "results"},
        tell=telling.drug_test,
    ),
    HistorySource(
        key="decision",
        kind=HistoryKind.DECISIONS,
        rows=_of(MedicationDecision),
        moment="decided_at",
        who="decided_by__name",
        row={"pk": "pk", "choice": "choice", "reason": "reason_code"},
        tell=telling.decision,
        is_milestone=True,
    ),
    HistorySource(
        key="start",
        kind=HistoryKind.DECISIONS,
        rows=_of(Regimen),
        day="started_on",
        who="prescriber__name",
        row={"medication": "medication", "product": "product", "mg": "dose_mg"}
        | {"schedule": "schedule"},
        tell=telling.start,
        is_milestone=True,
    ),
    HistorySource(
        key="stop",
        kind=HistoryKind.DECISIONS,
        rows=_of(Regimen, stopped_on__isnull=False),
        day="stopped_on",
        row={"medication": "medication", "product": "product", "why": "stop_reason"},
        tell=telling.stop,
        is_milestone=True,
    ),
    HistorySource(
        key="plan",
        kind=HistoryKind.DECISIONS,
        rows=_of(Plan, signed_at__isnull=False),
        moment="signed_at",
        who="signed_by__name",
        row={"pk": "pk", "version": "version"},
        tell=telling.plan,
        is_milestone=True,
    ),
    HistorySource(
        key="intake",
        kind=HistoryKind.DECISIONS,
        rows=_of(Intake, completed_at__isnull=False),
        moment="completed_at",
        who="completed_by__name",
        row={},
        tell=telling.intake,
        is_milestone=True,
    ),
    HistorySource(
        key="status",
        kind=HistoryKind.DECISIONS,
        rows=_of(StatusChange),
        moment="changed_at",
        who="changed_by__name",
        row={"status": "status", "class": "discharge_class", "why": "reason"}
        | {"is_day_known": "is_day_known"},
        tell=telling.status,
        is_milestone=True,
    ),
    HistorySource(
        key="concern",
        kind=HistoryKind.DECISIONS,
        rows=_of(Concern),
        moment="raised_at",
        who="raised_by__name",
        row={"kind": "kind", "level": "level", "why": "reason"},
        tell=telling.concern,
    ),
    HistorySource(
        key="concern_closed",
        kind=HistoryKind.DECISIONS,
        rows=_of(Concern, resolved_at__isnull=False),
        moment="resolved_at",
        who="resolved_by__name",
        row={"kind": "kind", "why": "resolution"},
        tell=telling.concern_closed,
    ),
    HistorySource(
        key="consent",
        kind=HistoryKind.CONSENT,
        rows=_settled,
        moment="settled_at",
        who="settled_by__name",
        row={
            "pk": "pk",
            "kind": "kind",
            "status": "status",
            "recipients": "recipients",
        },
        tell=telling.consent,
    ),
    HistorySource(
        key="consent_ended",
        kind=HistoryKind.CONSENT,
        rows=_of(ConsentEnd),
        moment="ended_at",
        who="ended_by__name",
        row={"pk": "consent_id", "recipient": "recipient", "why": "why"}
        | {"recipients": "consent__recipients"},
        tell=telling.consent_ended,
    ),
    HistorySource(
        key="disclosure",
        kind=HistoryKind.CONSENT,
        rows=_of(Disclosure),
        moment="made_at",
        who="made_by__name",
        row={"pk": "pk", "recipient": "recipient", "purpose": "purpose"}
        | {"purpose_words": "purpose_words", "is_stopped": "is_stopped"}
        | {"why": "stopped_because"},
        tell=telling.disclosure,
    ),
)
