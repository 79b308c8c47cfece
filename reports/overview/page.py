"""The first page of a chart: the time axis, reasons to look closer, and what changed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from accounts.tenancy import day_here
from assessments.facts import FACTS, FactKind
from assessments.picture import KnownFact, Picture, State
from assessments.picture.assemble import picture_from, subject_of
from knowledge.wording.dates import short_day
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.risk.factors import risk_of
from patients.models import Patient
from plans.models import Goal, Plan
from reports.chart.fact_values import shown_value
from reports.chart.header import header_of
from reports.overview.changed import changed_since
from reports.overview.look_closer import reasons_of
from reports.progress.chart import chart_of
from reports.progress.from_record import record_of
from reports.progress.query import asked
from treatment.log import last_taken_on

ENTRIES = 8
NALTREXONE = "NTX_XR"
GOALS = 2
USUAL_SERIES = 1
SINCE_ADMISSION = "range=admission"


@dataclass(frozen=True, slots=True)
class PictureLine:
    label: str
    value: str
    source: str
    is_stale: bool


def of(patient: Patient, *, at: datetime) -> dict[str, object]:
    """Everything the overview shows beside the header."""
    subject = subject_of(patient, at=at)
    record = record_of(patient, at=at)
    header = header_of(patient, at=at, subject=subject, points=record.points)
    picture, today = picture_from(subject), day_here(at)
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    wanted = asked(QueryDict(SINCE_ADMISSION), record.story)
    decision = MedicationDecision.objects.filter(patient=patient).first()
    plan, goals = plan_with_goals(patient)
    risk = risk_of(picture, last_naltrexone_on=last_taken_on(header.doses, NALTREXONE))
    chosen = record.story.chosen(wanted.keys[:USUAL_SERIES])
    return {
        "header": header,
        "reasons": reasons_of(
            patient, options, risk, header.concerns, header.follow_ups, at=at
        ),
        "risk": risk,
        "chart": chart_of(record.story, wanted.span, chosen),
        "has_begun": bool(record.story.doses or record.story.admitted_on),
        "days": (today - patient.admitted_on).days + 1 if patient.admitted_on else 0,
        "changed": changed_since(_as_decided(decision), picture, record.points),
        "facts": facts_with_sources(picture),
        "plan": plan,
        "goals": [goal for goal in goals if goal.own_words],
        "decision": decision,
        "today": today,
    }


def _as_decided(decision: MedicationDecision | None) -> Picture | None:
    """The facts that were frozen with the last decision."""
    return Picture.from_json(decision.picture) if decision else None


def plan_with_goals(patient: Patient) -> tuple[Plan | None, list[Goal]]:
    """The plan in force, or else the draft, with its first goals: one question where
    there is a goal."""
    goals = list(
        Goal.objects.filter(plan__patient=patient, plan__status__in=["signed", "draft"])
        .select_related("plan__signed_by")
        .order_by("-plan__status", "-plan__version", "position", "pk")[:GOALS]
    )
    if goals:
        plan = goals[0].plan
        return plan, [goal for goal in goals if goal.plan_id == plan.pk]
    bare = Plan.objects.filter(patient=patient, status__in=["signed", "draft"])
    return bare.order_by("-status", "-version").select_related("signed_by").first(), []


def facts_with_sources(picture: Picture) -> tuple[PictureLine, ...]:
    """Every fact that is known, by its label."""
    held = {*picture.facts, *picture.preferences}
    lines = (_line(picture, n) for n in held if FACTS[n].kind is not FactKind.TEXT)
    return tuple(sorted(lines, key=lambda line: line.label))


def _line(picture: Picture, name: str) -> PictureLine:
    known = picture.known(name)
    assert known is not None  # noqa: S101 - asked for among the known ones
    return PictureLine(
        FACTS[name].label,
        shown_value(name, known.value, picture.today),
        _source(known, picture),
        picture.state(name) is State.STALE,
    )


def _source(known: KnownFact, picture: Picture) -> str:
    day = short_day(picture.day_of(known.as_of), picture.today)
    return f"{known.source}, {day}" if known.source else ""
