"""Reasons to look closer, worst first, each with the act that answers it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.tenancy import day_here
from aftercare.models import FollowUp
from assessments.models import Concern
from knowledge.cited import Check
from knowledge.severity import Severity, severity_of
from medications.options.model import Action, Finding, Option, Options
from medications.risk.factors import Factor, Risk
from medications.rules.effects import Effect
from patients.models import Patient
from reports.chart.words import lateness

SHOWN = 4
MISSED = "C122"
CONCERNS = {
    Concern.Level.HIGH: Severity.CAN_KILL,
    Concern.Level.MODERATE: Severity.CAN_KILL,
    Concern.Level.UNSCREENED: Severity.CAN_KILL,
    Concern.Level.LOW: Severity.SERIOUS,
}
CSS = {
    Severity.CAN_KILL: ("is-danger", "late"),
    Severity.SERIOUS: ("is-serious", "caution"),
    Severity.WATCH: ("is-watch", "clock"),
}
WORTH_A_LOOK = (Effect.CAUTION, Effect.AVOID, Effect.CONTRAINDICATED)
# What was seen in its source needs no mark.
SEEN = (Check.CHECKED, Check.SECOND_HAND, Check.POLICY)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody should look, what it asks for, and where that is done."""

    severity: Severity
    title: str
    then: str
    act: str
    url: str
    rule: str = ""
    is_verified: bool = True

    @property
    def css(self) -> str:
        return CSS[self.severity][0]

    @property
    def icon(self) -> str:
        return CSS[self.severity][1]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The worst few, and the rest by what they are."""

    first: tuple[Reason, ...]
    more: tuple[Reason, ...]

    @property
    def more_words(self) -> str:
        """ "2 more: aftercare", naming what is folded."""
        named = ", ".join(dict.fromkeys(one.act.lower() for one in self.more))
        return f"{len(self.more)} more: {named}"


def reasons_of(
    patient: Patient,
    options: Options,
    risk: Risk,
    concerns: Iterable[Concern],
    follow_ups: Iterable[FollowUp],
    *,
    at: datetime,
) -> Reasons:
    """Everything that asks for a look, each rule once, by severity and never by date."""
    found = [
        *_of_concerns(concerns),
        *_of_options(patient, options),
        *_of_risk(patient, risk),
        *_late(patient, follow_ups, at),
    ]
    once: dict[str, Reason] = {}
    for one in found:
        once.setdefault(one.rule or one.title, one)
    ordered = sorted(once.values(), key=lambda one: one.severity)
    return Reasons(tuple(ordered[:SHOWN]), tuple(ordered[SHOWN:]))


def _of_concerns(concerns: Iterable[Concern]) -> Iterator[Reason]:
    for one in concerns:
        level = Concern.Level(one.level)
        url = reverse("aftercare:resolve_concern", args=[one.patient_id, one.pk])
        yield Reason(CONCERNS.get(level, Severity.WATCH), one.reason, "", "Answer", url)


def _of_options(patient: Patient, options: Options) -> Iterator[Reason]:
    """About the medicine that runs; where none does, about those of the first place.

    A task before a dose counts where it is grave; a form or a training does not.
    """
    for option in _running(options) or _first(options):
        for task in option.before_first_dose:
            if severity_of(task.rule) < Severity.WATCH:
                severity = severity_of(task.rule)
                yield _of_line(patient, severity, task, task.text)
        for finding in option.findings:
            if finding.effect in WORTH_A_LOOK:
                yield _of_line(patient, _gravity(finding), finding, finding.then)


def _running(options: Options) -> tuple[Option, ...]:
    """What is taken now, and what was until doses were missed."""
    return tuple(
        option
        for option in options.options
        if option.is_under_way or any(a.rule == MISSED for a in option.actions)
    )


def _first(options: Options) -> tuple[Option, ...]:
    return tuple(o for o in options.ranked() if o.rank == 1)


def _gravity(finding: Finding) -> Severity:
    """A stop of what is taken can kill, whatever its rule."""
    if finding.effect.rules_out:
        return Severity.CAN_KILL
    return severity_of(finding.rule)


def _of_line(
    patient: Patient, severity: Severity, line: Finding | Action, then: str
) -> Reason:
    return Reason(
        severity,
        line.because,
        _first_sentence(then),
        "Medication",
        reverse("medications:decision", args=[patient.pk]),
        line.rule,
        line.basis.check in SEEN,
    )


def _of_risk(patient: Patient, risk: Risk) -> Iterator[Reason]:
    """What cannot wait at this visit, then what raises the risk of an overdose."""
    for factor in risk.urgent:
        severity = min(severity_of(factor.rule), Severity.SERIOUS)
        yield _of_factor(patient, factor, severity)
    for factor in risk.factors:
        yield _of_factor(patient, factor, severity_of(factor.rule))


def _of_factor(patient: Patient, factor: Factor, severity: Severity) -> Reason:
    return Reason(
        severity,
        factor.because,
        _first_sentence(factor.then),
        "Aftercare",
        reverse("aftercare:of_patient", args=[patient.pk]),
        factor.rule,
    )


def _late(
    patient: Patient, follow_ups: Iterable[FollowUp], at: datetime
) -> Iterator[Reason]:
    today = day_here(at)
    url = reverse("aftercare:of_patient", args=[patient.pk])
    for one in follow_ups:
        if one.latest_on < today:
            late = lateness(one.latest_on, at)
            yield Reason(Severity.WATCH, one.title, late, "Aftercare", url)


def _first_sentence(text: str) -> str:
    head, found, _ = text.partition(". ")
    return f"{head}." if found else text
