"""One of everything that a URL can name, at one clinic, made through the actions.

person ── intake (open), one answer
       ├─ assessment (PHQ-9), observation (QTc)
       ├─ decision (buprenorphine), regimen, dose, specimen
       ├─ plan 1 (signed) with its follow-ups, plan 2 (draft)
       ├─ allergy, outreach attempt
staff  ── one of each role
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Clinic, Staff
from accounts.permissions import Role
from aftercare.actions.outreach import record_outreach
from aftercare.models import FollowUp, Notice
from assessments.actions.intake import start_intake
from assessments.actions.measures import record_assessment, record_observation
from medications.actions.records import record_dose, record_toxicology
from medications.actions.regimens import start_regimen
from patients.actions import health
from plans.actions import signing
from tests.factories import PatientFactory, StaffFactory
from tests.factories.plans import AT, drafted, ready

ROLES = tuple(Role.values)


@dataclass(frozen=True)
class Universe:
    """Staff by role, and what stands for each part of a URL."""

    clinic: Clinic
    staff: dict[str, Staff]
    parts: dict[str, object]


def universe(clinic: Clinic, at: dt.datetime = AT) -> Universe:
    staff = {
        role: StaffFactory(roles={clinic: [role]}, name=f"{role} at {clinic}")
        for role in ROLES
    }
    by = staff[Role.PRESCRIBER]
    person = PatientFactory(clinic=clinic)
    start_intake(patient=person, by=by, at=at)
    signed = signing.sign_plan(plan=ready(drafted(person, by, at)), by=by, at=at)
    draft = signing.start_new_version(plan=signed, by=by, at=at)
    regimen = start_regimen(
        patient=person,
        medication="BUP_SL",
        started_on=at.date(),
        dose_mg=Decimal(8),
        by=by,
        at=at,
    )
    record_dose(
        patient=person,
        medication="BUP_SL",
        kind="dispensed",
        on=at.date(),
        amount_mg=Decimal(8),
        by=by,
        at=at,
    )
    record_toxicology(
        patient=person, collected_at=at, results={"fentanyl": "positive"}, by=by, at=at
    )
    follow_up = FollowUp.objects.open().filter(patient=person).order_by("pk").first()
    parts = {
        "patient": person,
        "plan": draft,
        "signed": signed,
        "goal": draft.goals.first(),
        "need": draft.needs.first(),
        "intervention": draft.interventions.first(),
        "assessment": record_assessment(
            patient=person,
            instrument="phq9",
            answers={"interest": 1, "mood": 1, "self_harm": 0},
            by=by,
            at=at,
        ),
        "observation": record_observation(
            patient=person,
            code="qtc",
            value=Decimal(430),
            effective_at=at,
            by=by,
            at=at,
        ),
        "decision": signed.decision,
        "regimen": regimen,
        "follow_up": follow_up,
        "attempt": record_outreach(patient=person, outcome="no_answer", by=by, at=at),
        "entry": health.list_entry(
            patient=person,
            kind="allergy",
            values={"kind": "other", "substance": "Latex", "reaction": ""},
            by=by,
            at=at,
        ),
        "notice": Notice.objects.create(
            clinic=clinic,
            key="reminder:1",
            kind=Notice.Kind.REMINDER,
            recipient=by,
            follow_up=follow_up,
            created_at=at,
        ),
        "staff": StaffFactory(roles={clinic: [Role.CLINICIAN]}),
    }
    return Universe(clinic, staff, parts)
