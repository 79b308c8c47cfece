"""The first page of a chart: the time axis, reasons to look closer, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q, TextField, Value
from django.http import QueryDict

from accounts.tenancy import day_here
from aftercare.record.events.dangers import dangers_among
from assessments.facts import FACTS, FactKind
from assessments.intake_page.told import told_by, voices_of
from assessments.picture import KnownFact, Picture, State
from assessments.picture.assemble import picture_from, subject_of
from knowledge.wording.dates import short_day
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.risk.factors import risk_of
from patients.models import Patient
from plans.models import Plan
from reports.chart.fact_values import shown_value
from reports.chart.header import header_of
from reports.chart.left import for_stage
from reports.chart.words import HAS_LEFT
from reports.overview.changed import changed_since
from reports.overview.look_closer import Reasons, reasons_of
from reports.progress.chart import chart_of
from reports.progress.from_record import record_of
from reports.progress.query import asked
from treatment.log import last_taken_on

ENTRIES = 8
NALTREXONE = "NTX_XR"
GOALS = 2
# What they say of themselves, until a plan holds it.
VOICES = ("words_reason", "words_proud", "words_strengths", "words_body")
# The plan that counts, the first first.
IN_FORCE: Mapping[str, int] = {Plan.Status.SIGNED: 0, Plan.Status.DRAFT: 1}
USUAL_SERIES = 1
# Nobody looks closer at the chart of somebody who has died.
NOTHING = Reasons((), ())
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
    plans = plans_with_words(patient)
    header = for_stage(
        header_of(
            patient,
            at=at,
            subject=subject,
            points=record.points,
            plans={plan.status for plan, _ in plans},
            log=record.log,
        ),
        patient,
        at,
    )
    picture, today = picture_from(subject), day_here(at)
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    wanted = asked(QueryDict(SINCE_ADMISSION), record.story)
    decision = MedicationDecision.objects.filter(patient=patient).first()
    plan, words = next((p for p in plans if p[0].status in IN_FORCE), (None, []))
    risk = risk_of(picture, last_naltrexone_on=last_taken_on(header.doses, NALTREXONE))
    has_died = patient.status == Patient.Status.DECEASED
    chosen = record.story.chosen(wanted.keys[:USUAL_SERIES])
    return {
        "header": header,
        "event_dangers": dangers_among(record.care_events, on=today),
        "reasons": NOTHING
        if has_died
        else reasons_of(
            patient, options, risk, header.concerns, header.follow_ups, at=at
        ),
        "has_died": has_died,
        "risk": risk,
        "chart": chart_of(record.story, wanted.span, chosen),
        "has_begun": bool(record.story.doses or record.story.admitted_on),
        "days": _days(patient, today),
        "changed": changed_since(_as_decided(decision), picture, record.points),
        "facts": facts_with_sources(picture),
        "plan": plan,
        "goals": words[:GOALS],
        "voices": () if plan else voices_of(subject, VOICES),
        "told": told_by(subject),
        "decision": decision,
        "today": today,
    }


def _days(patient: Patient, today: date) -> int:
    """Days in care so far; none once it is over."""
    if patient.admitted_on is None or patient.status in HAS_LEFT:
        return 0
    return (today - patient.admitted_on).days + 1


def _as_decided(decision: MedicationDecision | None) -> Picture | None:
    """The facts that were frozen with the last decision."""
    return Picture.from_json(decision.picture) if decision else None


def plans_with_words(patient: Patient) -> list[tuple[Plan, list[str]]]:
    """Every plan, the one in force first, each with its goals as they said them."""
    said = ArrayAgg(
        "goals__own_words",
        filter=~Q(goals__own_words=""),
        order_by=("goals__position", "goals__pk"),
        default=Value([], ArrayField(TextField())),
    )
    plans = Plan.objects.filter(patient=patient).annotate(words=said)
    found = [(plan, vars(plan)["words"]) for plan in plans]
    return sorted(
        found, key=lambda one: (IN_FORCE.get(one[0].status, 2), -one[0].version)
    )


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
