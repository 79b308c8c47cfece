"""Fact that presses most in the header of a chart: what can kill before everything."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.tenancy import day_here
from aftercare.models import CaseloadLine, FollowUp
from aftercare.owed.urgency.model import UrgencyFactor, factors_on
from aftercare.owed.urgency.words import factor_words
from assessments.models import Concern
from assessments.picture import Picture
from knowledge.schedule.kinds import follow_up_kind
from knowledge.urgent_results import urgent_results
from patients.models import Patient
from patients.views.registry import death_waits
from plans.models import Plan
from reports.chart.kits import lacks_naloxone
from reports.chart.words import (
    HAS_LEFT,
    day_words,
)

MOST_PRESSING, NOBODY = "Most pressing", "Nobody has acknowledged it."
NO_NEXT_STEP = "No next step: decide on one"
IN_ITS_DAYS, ALERT = "in_its_days", "alert"
# What each level of a concern about life asks for at once (reference A7).
AT_ONCE = {
    Concern.Level.HIGH: "Evaluate now. Do not leave them alone.",
    Concern.Level.MODERATE: "Evaluate and make a safety plan today.",
    Concern.Level.UNSCREENED: "Give the C-SSRS screener at this visit.",
    Concern.Level.LOW: "Refer, and offer a safety plan.",
}


@dataclass(frozen=True, slots=True)
class HeaderFact:
    """One of the facts that the header always shows."""

    label: str
    value: str
    context: str = ""
    url: str = ""
    is_known: bool = True
    # What the address is opened for, where everybody may who reads the chart.
    link: str = ""
    # Of what presses most: red is for what can kill.
    is_red: bool = True


def line_of(patient: OuterRef | Patient) -> QuerySet[CaseloadLine, Any]:
    """What lists say of a person, as one value."""
    said = JSONObject(
        factors="factors", top=F("top_follow_up_id"), count=F("owed_count")
    )
    return CaseloadLine.objects.filter(patient=patient).values_list(said, flat=True)


def risk_of(
    patient: Patient,
    picture: Picture,
    concerns: list[Concern],
    follow_ups: list[FollowUp],
    at: datetime,
) -> HeaderFact | None:
    """The gravest factor, by the reader that puts people in order on every list; of a
    concern, where to say what was done."""
    concern = concerns[0] if concerns else None
    if concern is not None and concern.level > Concern.Level.LOW:
        is_called = getattr(concern, "has_alert", False)
        return _alert(patient, concern) if is_called else _concern(concern, at)
    # Beside what is owed where there is anything: one statement for both.
    if follow_ups and hasattr(follow_ups[0], "line"):
        line = follow_ups[0].line
    else:
        line = next(iter(line_of(patient)), None)
    today = day_here(at)
    factors = factors_on(line["factors"], today) if line else ()
    if factors and factors[0].key == ALERT:
        return _alert(patient, concern)
    gravest = next((one for one in factors if one.key != IN_ITS_DAYS), None)
    is_red = gravest is not None and gravest.declared.is_red
    if not is_red and lacks_naloxone(patient, picture):
        return HeaderFact(
            MOST_PRESSING,
            "Overdose in the past year, no naloxone at home",
            "Hand over a kit before they leave.",
        )
    if gravest is not None and line is not None:
        top = next((one for one in follow_ups if one.pk == line["top"]), None)
        return _pressing(gravest, top, line["count"] - 1, today)
    return _concern(concern, at) if concern else None


def death_of(patient: Patient) -> HeaderFact | None:
    """Before everything: nobody calls, and what is owed presses nobody."""
    if not death_waits(patient):
        return None
    url = reverse("aftercare:death", args=[patient.pk])
    words = "Do not call or write. A second person confirms it."
    return HeaderFact(MOST_PRESSING, "A death is reported", words, url, link="Open")


def _alert(patient: Patient, concern: Concern | None) -> HeaderFact:
    """What called, what it asks for, and that nobody has it yet."""
    says = concern.reason if concern else "An answer that cannot wait, not sent"
    asks = f"{_asks(concern)} " if concern else ""
    url = reverse("aftercare:alert_of_person", args=[patient.pk])
    return HeaderFact(MOST_PRESSING, says, f"{asks}{NOBODY}", url, link="Open")


def _pressing(
    one: UrgencyFactor, top: FollowUp | None, more: int, today: date
) -> HeaderFact:
    """What is so, and what is done about it where that is not the same."""
    words = factor_words(one, today)
    named = follow_up_kind(top.kind).named(top.title) if top else NO_NEXT_STEP
    said = [
        "" if one.what and named.lower() == one.what.lower() else named,
        f"{more} more owed" if more > 0 else "",
    ]
    context = ", ".join(part for part in said if part)
    return HeaderFact(
        MOST_PRESSING,
        f"{words[0].upper()}{words[1:]}",
        f"{context}." if context else "",
        is_red=one.declared.is_red,
    )


def _concern(concern: Concern, at: datetime) -> HeaderFact:
    """What an answer raised, what it asks for, and where to say what was done."""
    day = day_words(concern.raised_at, at)
    url = reverse("aftercare:resolve_concern", args=[concern.patient_id, concern.pk])
    return HeaderFact(
        MOST_PRESSING, concern.reason, f"{_asks(concern)} Raised {day}.", url
    )


def _asks(concern: Concern) -> str:
    """What is asked for at once: of a result its own duty."""
    if concern.kind == Concern.Kind.RESULT:
        return f"{urgent_results()[concern.cause].title}."
    return AT_ONCE.get(Concern.Level(concern.level), "Review the plan.")


def not_confirmed(medicine: HeaderFact) -> HeaderFact | None:
    """What another site told they take: a dose may be due before there is a plan."""
    if medicine.is_known:
        return None
    return HeaderFact(
        MOST_PRESSING, medicine.value, "Told by another site: a dose may be due."
    )


def without_a_plan(
    patient: Patient, plans: Collection[str] | None
) -> HeaderFact | None:
    if patient.status in HAS_LEFT:
        return None
    if plans is None:
        of_theirs = Plan.objects.filter(patient=patient)
        plans = set(of_theirs.values_list("status", flat=True))
    if Plan.Status.SIGNED in plans:
        return None
    if Plan.Status.DRAFT in plans:
        return HeaderFact(
            MOST_PRESSING,
            "The plan is not signed",
            "Nothing is owed until it is.",
            is_red=False,
        )
    return HeaderFact(
        MOST_PRESSING,
        "No plan yet",
        "The intake and the decision lead to it.",
        is_red=False,
    )
