"""The page of one event: its steps by time, who owes each, and what was done."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Q
from django.urls import reverse

from aftercare.models import FollowUp
from aftercare.record.events.open_events import EventNow
from knowledge.schedule.kinds import KeptBy
from knowledge.schedule.pathways import (
    DatedStep,
    PathwayStep,
    StepCondition,
    dated_steps,
    pathways,
)
from knowledge.schedule.steps import DutySeverity
from patients.models import Patient

EVENT = ":event:"
ICONS = {
    KeptBy.CONTACT: "phone",
    KeptBy.VISIT: "cal",
    KeptBy.CSSRS: "late",
    KeptBy.SAFETY_PLAN: "late",
    KeptBy.KIT: "kit",
    KeptBy.DOSE: "pill",
    KeptBy.PLAN_REVIEW: "pen",
    KeptBy.PLAN_VERSION: "pen",
}
WORK = "aftercare:of_patient"
# Where the work of a step is done: its evidence, the page, the word of the act.
DOORS: Mapping[KeptBy, tuple[str, str]] = {
    KeptBy.CONTACT: (WORK, "Call"),
    KeptBy.VISIT: (WORK, "Book"),
    KeptBy.SAFETY_PLAN: ("aftercare:safety_plan", "Open"),
    KeptBy.KIT: ("treatment:kit", "Hand over"),
    KeptBy.KIT_TEACHING: ("treatment:kit", "Record"),
    KeptBy.DOSE: ("treatment:add_dose", "Record"),
    KeptBy.TOXICOLOGY: ("treatment:add_toxicology", "Record"),
    KeptBy.PLAN_REVIEW: ("plans:current", "Start"),
    KeptBy.PLAN_VERSION: ("plans:current", "Start"),
    KeptBy.TAKE_HOME_DECISION: ("treatment:under_way", "Look"),
    KeptBy.PREGNANCY_TEST: ("assessments:add_observation", "Record"),
}
CSSRS = "cssrs"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the page shows it; `follow_up` is the promise that keeps it, where
    there is one, `shared` says that it was opened by another event."""

    dated: DatedStep
    follow_up: FollowUp | None
    shared: bool
    today: date
    url: str
    act: str

    @property
    def step(self) -> PathwayStep:
        return self.dated.step

    @property
    def icon(self) -> str:
        return ICONS.get(self.step.kept_by, "list")

    @property
    def is_closed(self) -> bool:
        return self.follow_up is not None and not self.follow_up.is_open

    @property
    def is_done(self) -> bool:
        row = self.follow_up
        return row is not None and row.status == FollowUp.Status.DONE

    @property
    def due_on(self) -> date:
        return self.follow_up.due_on if self.follow_up else self.dated.due_on

    @property
    def due_at(self) -> datetime | None:
        """The hour, where the promise was not moved to another day."""
        is_as_dated = self.dated.due_on == self.due_on
        return self.dated.due_at if is_as_dated else None

    @property
    def is_late(self) -> bool:
        row = self.follow_up
        last = row.latest_on if row else self.dated.latest_on
        return not self.is_closed and last < self.today

    @property
    def is_due(self) -> bool:
        return not self.is_closed and self.due_on <= self.today

    @property
    def is_pressing(self) -> bool:
        return self.is_grave and (self.is_due or self.is_late)

    @property
    def is_grave(self) -> bool:
        return not self.is_closed and self.step.severity is DutySeverity.DANGER

    @property
    def owner(self) -> str:
        row = self.follow_up
        if row is None:
            return self.step.role.value.replace("_", " ").capitalize()
        return row.assigned_to.name if row.assigned_to else _role_of(row)


def _role_of(row: FollowUp) -> str:
    return str(row.get_assigned_role_display())


def conditions_that_hold(
    event: EventNow, *, is_on_medicine: bool, is_program: bool, may_be_pregnant: bool
) -> frozenset[StepCondition]:
    """What holds of the person, for the steps that ask for it."""
    said = {
        StepCondition.OFF_MEDICINE: not is_on_medicine,
        StepCondition.IN_PROGRAM: is_program,
        StepCondition.COULD_BE_PREGNANT: may_be_pregnant,
        StepCondition.HELD: event.ended_on is None,
    }
    return frozenset(key for key, holds in said.items() if holds)


def pathway_lines(
    patient: Patient,
    event: EventNow,
    *,
    holding: frozenset[StepCondition],
    zone: tzinfo,
    today: date,
) -> list[StepLine]:
    """The steps of an event with the promises that stand for them. A step that is kept
    by what another event opened shows that one."""
    dated = dated_steps(event.pathway, event.day_of(zone), holding=holding)
    rows = _rows_of(patient, event)
    lines = list(_lines(patient, event, dated, rows, today))
    return sorted(lines, key=lambda line: line.is_closed)


def _lines(
    patient: Patient,
    event: EventNow,
    dated: Iterable[DatedStep],
    rows: Mapping[str, FollowUp],
    today: date,
) -> Iterator[StepLine]:
    own = f"{EVENT}{event.pk}:"
    for one in dated:
        row = rows.get(one.step.kind)
        url, act = _door(patient, one.step, row)
        shared = row is not None and own not in row.key
        yield StepLine(one, row, shared, today, url, act)


def _rows_of(patient: Patient, event: EventNow) -> dict[str, FollowUp]:
    """By act, as the key ends: the promise of this event, else an open one of another."""
    own = f"{EVENT}{event.pk}:"
    found = (
        FollowUp.objects.filter(patient=patient)
        .filter(Q(key__contains=own) | Q(key__contains=EVENT, closed_at=None))
        .select_related("assigned_to", "closed_by")
        .order_by("pk")
    )
    rows: dict[str, FollowUp] = {}
    for row in found:
        kind = row.key.rsplit(":", 1)[-1]
        if kind not in rows or own in row.key:
            rows[kind] = row
    return rows


def _door(patient: Patient, step: PathwayStep, row: FollowUp | None) -> tuple[str, str]:
    """Where the work is done that closes a step."""
    if step.kept_by is KeptBy.CSSRS:
        return reverse("assessments:give", args=[patient.pk, CSSRS]), "Start"
    if step.instruments:
        first = step.instruments[0]
        return reverse("assessments:give", args=[patient.pk, first]), "Start"
    if step.kept_by in DOORS:
        name, act = DOORS[step.kept_by]
        return reverse(name, args=[patient.pk]), act
    if row is not None and row.is_open:
        return reverse("aftercare:close", args=[row.pk]), "Close"
    return "", ""


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A small answer of an event in words; empty where nobody knows."""

    label: str
    ask: str
    words: str


def known_answers(event: EventNow) -> list[KnownAnswer]:
    asked = pathways()[event.kind].questions
    return [
        KnownAnswer(
            one.label, one.ask, one.choices.get(event.answers.get(one.key, ""), "")
        )
        for one in asked
    ]
