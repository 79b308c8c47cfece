"""The header of a chart: a person in twenty seconds. Reads across apps, changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from aftercare.models import FollowUp
from assessments.instruments.titles import short_title
from assessments.models import Assessment, Concern, IntakeAnswer
from medications.models import DoseEvent, Regimen
from patients.models import Patient
from plans.models import Plan
from reports.words import amount, day_words, lateness

RECENT = 40
MOST_PRESSING = "Most pressing"
# What each level of a concern about life asks for at once (reference A7).
AT_ONCE = {
    Concern.Level.HIGH: "Evaluate now. Do not leave them alone.",
    Concern.Level.MODERATE: "Evaluate and make a safety plan today.",
    Concern.Level.UNSCREENED: "Give the C-SSRS screener at this visit.",
    Concern.Level.LOW: "Refer, and offer a safety plan.",
}
SAID = ("pregnancy", "last_short_acting_dt", "overdose_hx", "ora")


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts that the header always shows."""

    label: str
    value: str
    context: str = ""
    url: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says, in its order: who, on what, when last, which way, what next."""

    stage: str
    allergies: str
    allergies_known: bool
    pregnancy: str
    facts: tuple[Fact, ...]
    risk: Fact | None
    waiting: int
    late: int
    # What was read for it, for a page that shows more of the same.
    follow_ups: list[FollowUp]
    doses: list[DoseEvent]
    scores: list[Assessment]

    @property
    def pregnancy_known(self) -> bool:
        return bool(self.pregnancy)


def header_of(patient: Patient, *, at: datetime) -> Header:
    """Everything the sticky header needs, in few queries."""
    follow_ups = list(
        FollowUp.objects.open()
        .filter(patient=patient)
        .select_related("assigned_to")
        .order_by("due_on", "pk")[:RECENT]
    )
    doses = list(
        DoseEvent.objects.filter(patient=patient).order_by("-on", "-pk")[:RECENT]
    )
    scores = list(
        Assessment.objects.filter(patient=patient)
        .exclude(status=Assessment.Status.ENTERED_IN_ERROR)
        .order_by("-given_at", "-pk")[:RECENT]
    )
    said = _said(patient)
    today = timezone.localdate(at)
    due = [f for f in follow_ups if f.earliest_on <= today]
    late = [f for f in due if f.latest_on < today]
    allergies, known = _allergies(patient)
    return Header(
        stage=_stage(patient, at),
        allergies=allergies,
        allergies_known=known,
        pregnancy=_pregnancy(patient, said),
        facts=(
            _medicine(patient, at),
            _last_dose(doses[:3]) if doses else _last_opioid(said),
            _trend(scores),
            _next_due(follow_ups, at),
        ),
        risk=_risk(patient, said, late, at),
        waiting=len(due),
        late=len(late),
        follow_ups=follow_ups,
        doses=doses,
        scores=scores,
    )


def _stage(patient: Patient, at: datetime) -> str:
    words = str(patient.get_status_display())
    if patient.admitted_on is None:
        return words
    return f"{words}, day {(timezone.localdate(at) - patient.admitted_on).days + 1}"


def _allergies(patient: Patient) -> tuple[str, bool]:
    listed = [a.substance for a in patient.allergies.filter(is_current=True)]
    if listed:
        return ", ".join(listed), True
    if patient.no_known_allergies:
        return "None known", True
    return "Not asked", False


def _said(patient: Patient) -> dict[str, object]:
    """The newest known answers that the header draws on, by question; one query."""
    answers = (
        IntakeAnswer.objects.filter(patient=patient, question__in=SAID, is_known=True)
        .order_by("question", "-answered_at", "-pk")
        .distinct("question")
    )
    return dict(answers.values_list("question", "value"))


def _pregnancy(patient: Patient, said: dict[str, object]) -> str:
    """Words for what is known; empty where nobody knows."""
    if patient.sex_at_birth == Patient.Sex.MALE:
        return "Not applicable"
    if "pregnancy" not in said:
        return ""
    return "Pregnant" if said["pregnancy"] is True else "Not pregnant"


def _last_opioid(said: dict[str, object]) -> Fact:
    """Before there are doses, the hour of the last use is what a start waits for."""
    moment = parse_datetime(str(said.get("last_short_acting_dt", "")))
    if moment is None:
        return Fact("Last opioid", "Not asked", is_known=False)
    local = timezone.localtime(moment)
    return Fact("Last opioid", f"{day_words(local, None)}, {local:%H:%M}")


def _medicine(patient: Patient, at: datetime) -> Fact:
    regimen = (
        Regimen.objects.filter(patient=patient).order_by("-started_on", "-pk").first()
    )
    if regimen is None:
        return Fact("Medicine", "Not started", "no medicine for OUD yet")
    if regimen.stopped_on:
        return Fact(
            "Medicine",
            f"None since {day_words(regimen.stopped_on, at)}",
            f"before: {regimen.get_medication_display()}",
        )
    dose = f" {amount(regimen.dose_mg)} mg" if regimen.dose_mg else ""
    days = (timezone.localdate(at) - regimen.started_on).days + 1
    return Fact(
        "Medicine",
        f"{regimen.product or regimen.get_medication_display()}{dose}",
        f"{regimen.schedule or 'schedule not recorded'}, day {days}",
    )


def _last_dose(last: list[DoseEvent]) -> Fact:
    given = [d for d in last if d.kind not in ("missed", "held")]
    missed = [d for d in last if d.kind == "missed"]
    shown = given[0] if given else last[0]
    value = day_words(shown.on, None) if given else "Not in the last three entries"
    words = f"{amount(shown.amount_mg)} mg" if given and shown.amount_mg else ""
    if missed:
        words = "missed " + ", ".join(day_words(d.on, None) for d in reversed(missed))
    return Fact("Last dose", value, words)


def _trend(recent: list[Assessment]) -> Fact:
    scores = [score for score in recent if score.total is not None]
    if not scores:
        return Fact("Last score", "No score yet", is_known=False)
    latest = scores[0]
    series = [s for s in scores if s.instrument == latest.instrument]
    label = f"{short_title(latest.instrument)}, {day_words(latest.given_at, None)}"
    value = f"{amount(latest.total)}" + (f", {latest.band}" if latest.band else "")
    earlier = (
        f"{amount(series[1].total)} on {day_words(series[1].given_at, None)}"
        if len(series) > 1
        else "no earlier score"
    )
    return Fact(label, value, earlier)


def _next_due(follow_ups: list[FollowUp], at: datetime) -> Fact:
    """What comes next; what is late already stands among what presses."""
    today = timezone.localdate(at)
    coming = [f for f in follow_ups if f.latest_on >= today]
    if not coming:
        return Fact("Next due", "Nothing planned", "a signed plan schedules it")
    first = coming[0]
    then = (
        f"then {coming[1].title[0].lower()}{coming[1].title[1:]}"
        if len(coming) > 1
        else "nothing after it yet"
    )
    return Fact("Next due", f"{first.title}, {day_words(first.due_on, at)}", then)


def _risk(
    patient: Patient,
    said: dict[str, object],
    late: list[FollowUp],
    at: datetime,
) -> Fact | None:
    concern = Concern.objects.open().filter(patient=patient).pressing_first().first()
    if concern is not None and concern.level > Concern.Level.LOW:
        return _concern(concern, at)
    if _lacks_naloxone(said):
        return Fact(
            MOST_PRESSING,
            "Overdose in the past year, no naloxone at home",
            "Hand over a kit before they leave (C96, C108).",
        )
    if late:
        return Fact(MOST_PRESSING, late[0].title, lateness(late[0].latest_on, at))
    return _concern(concern, at) if concern else _without_a_plan(patient)


def _concern(concern: Concern, at: datetime) -> Fact:
    """What an answer raised, what it asks for, and where to say what was done."""
    day = day_words(concern.raised_at, at)
    asks = AT_ONCE.get(Concern.Level(concern.level), "Review the plan.")
    url = reverse("aftercare:resolve_concern", args=[concern.patient_id, concern.pk])
    return Fact(MOST_PRESSING, concern.reason, f"{asks} Raised {day}.", url)


def _lacks_naloxone(said: dict[str, object]) -> bool:
    """An overdose in the past 12 months, and asked about a kit, there was none."""
    kit = said.get("ora")
    return (
        said.get("overdose_hx") == "past_12_months"
        and isinstance(kit, list)
        and "has_kit" not in kit
    )


def _without_a_plan(patient: Patient) -> Fact | None:
    if patient.status in ("discharged", "deceased"):
        return None
    plans = set(Plan.objects.filter(patient=patient).values_list("status", flat=True))
    if Plan.Status.SIGNED in plans:
        return None
    if Plan.Status.DRAFT in plans:
        return Fact(
            MOST_PRESSING, "The plan is not signed", "Nothing is owed until it is."
        )
    return Fact(MOST_PRESSING, "No plan yet", "The intake and the decision lead to it.")
