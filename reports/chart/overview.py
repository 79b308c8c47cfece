"""The first page of a chart: what waits, the clinical picture, the plan, the last entries."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.utils import timezone

from accounts.tenancy import day_here
from aftercare.models import OutreachAttempt
from assessments.change.points import Point
from assessments.facts import FACTS, FactKind
from assessments.picture import KnownFact, Picture, State
from assessments.picture.assemble import picture_from, subject_of
from knowledge.instruments.titles import short_title
from knowledge.wording.amounts import amount, milligrams
from knowledge.wording.dates import short_day
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.options.model import Finding, Options
from medications.risk.factors import risk_of
from medications.rules.effects import Effect
from patients.models import Patient
from plans.models import Goal, Plan
from reports.chart.fact_values import shown_value
from reports.chart.header import Header, header_of
from treatment.log import LoggedDose, analytes_found, last_taken_on

# The picture's three columns: the facts that a clinician asks for first, in that
# order. Everything else that is known stands folded below, with its source.
COLUMNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "body",
        "Body",
        (
            "severity",
            "dsm_count",
            "cows",
            "last_short_acting_dt",
            "last_fentanyl_dt",
            "overdose_hx",
            "tolerance",
            "udt",
            "pregnancy",
            "qtc",
            "alt",
            "pain",
            "med_list",
            "hcv",
        ),
    ),
    (
        "mind",
        "Mind",
        ("phq9", "gad7", "cssrs", "pc_ptsd5", "bam8", "mental", "confidence"),
    ),
    (
        "social",
        "Social",
        (
            "housing",
            "support_people",
            "household",
            "lock_box",
            "transport",
            "travel",
            "employment",
            "income",
            "alone",
            "preference",
        ),
    ),
)
# Always to be avoided (C32), whoever the person is: no news in a chart.
NEVER_FIRST = ("NTX_PO",)
ENTRIES = 8
NALTREXONE = "NTX_XR"
WAITING = 6
GOALS = 4
WORTH_A_LOOK = (Effect.CAUTION, Effect.AVOID)


@dataclass(frozen=True, slots=True)
class PictureLine:
    label: str
    value: str
    source: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class OverviewColumn:
    """One domain of the clinical picture."""

    icon: str
    title: str
    lines: tuple[PictureLine, ...]


@dataclass(frozen=True, slots=True)
class OverviewEntry:
    """One thing that happened, for the list of last entries."""

    at: datetime
    words: str
    source: str = ""


def of(patient: Patient, *, at: datetime) -> dict[str, object]:
    """Everything the overview shows beside the header."""
    subject = subject_of(patient, at=at)
    header = header_of(patient, at=at, subject=subject)
    picture = picture_from(subject)
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    plan, goals = plan_with_goals(patient)
    return {
        "header": header,
        "follow_ups": header.follow_ups[:WAITING],
        "columns": columns(picture),
        "others": others(picture),
        "known": len(picture.facts),
        "stale": sum(picture.state(n) is State.STALE for n in picture.facts),
        "reasons": reasons(options),
        "risk": risk_of(
            picture, last_naltrexone_on=last_taken_on(header.doses, NALTREXONE)
        ),
        "plan": plan,
        "goals": goals,
        "decision": MedicationDecision.objects.filter(patient=patient)
        .select_related("decided_by")
        .first(),
        "entries": last_entries(patient, header),
        "today": day_here(at),
    }


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


def columns(picture: Picture) -> tuple[OverviewColumn, ...]:
    """The first facts of each domain; one that nobody knows is left to the intake."""
    return tuple(
        OverviewColumn(
            icon, title, tuple(_line(picture, n) for n in names if picture.known(n))
        )
        for icon, title, names in COLUMNS
    )


def others(picture: Picture) -> tuple[PictureLine, ...]:
    """Every other fact that is known, by its label."""
    first = {name for _, _, names in COLUMNS for name in names}
    held = {*picture.facts, *picture.preferences} - first
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


def reasons(options: Options) -> list[Finding]:
    """The cautions and stops that fired for the first options, each rule once."""
    seen: dict[str, Finding] = {}
    for option in options.options:
        if option.medication in NEVER_FIRST:
            continue
        for finding in option.findings:
            if finding.effect in WORTH_A_LOOK and finding.rule not in seen:
                seen[finding.rule] = finding
    return list(seen.values())[:5]


def last_entries(patient: Patient, header: Header) -> list[OverviewEntry]:
    """The newest of what was done, measured and said, across the apps."""
    found = chain(
        _contacts(patient),
        _doses(header.doses),
        _scores(header.scores),
        _toxicology(patient),
    )
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:ENTRIES]


def _contacts(patient: Patient) -> list[OverviewEntry]:
    attempts = (
        OutreachAttempt.objects.filter(patient=patient, taken_back_at=None)
        .select_related("made_by")
        .order_by("-made_at")[:ENTRIES]
    )
    return [
        OverviewEntry(
            a.made_at,
            f"{a.get_channel_display()}: {a.get_outcome_display().lower()}.",
            a.made_by.name,
        )
        for a in attempts
    ]


def _doses(doses: list[LoggedDose]) -> list[OverviewEntry]:
    return [
        OverviewEntry(
            timezone.make_aware(datetime.combine(d.on, datetime.min.time())),
            f"{d.name}{milligrams(d.amount_mg)}, {d.kind_words}.",
        )
        for d in doses[:ENTRIES]
    ]


def _scores(scores: list[Point]) -> list[OverviewEntry]:
    return [
        OverviewEntry(
            s.at,
            f"{short_title(s.instrument)}: {amount(s.total) or 'no total'}"
            f"{', ' + s.band if s.band else ''}.",
        )
        for s in scores[:ENTRIES]
    ]


def _toxicology(patient: Patient) -> list[OverviewEntry]:
    found = analytes_found(patient.pk, most=ENTRIES)
    return [
        OverviewEntry(t.collected_at, f"Toxicology: {t.analyte} present.")
        for t in found
    ]
