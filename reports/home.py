"""Home page of a person on the staff, by role."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.access import Acting
from accounts.models import Clinic
from accounts.tenancy import day_here
from aftercare.models import FollowUp
from assessments.models import Concern, Intake
from knowledge.editions import knowledge
from medications.clinic_policy.policy import sign_off_of, stances_of
from patients.models import Patient
from plans.models import Plan
from reports.words import day_named

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list of the home page: what it means, who is on it, where to go on."""

    key: str
    title: str
    empty: str
    rows: list[tuple[Patient, str]]
    url_name: str


def lists_for(acting: Acting, *, at: datetime) -> list[Waiting]:
    """Concerns about life, results that cannot wait, plans to sign, open intakes, people nobody has begun with,
    follow-ups due."""
    return [
        Waiting(
            *("safety", "Safety first", "No concern about anybody's life is open."),
            [(one.patient, one.reason) for one in _concerns(acting)],
            "aftercare:of_patient",
        ),
        Waiting(
            *("results", "Results that cannot wait", "No result waits for an answer."),
            [(one.patient, one.reason) for one in _results(acting)],
            "aftercare:of_patient",
        ),
        Waiting(
            *("sign", "Plans to sign", "No draft waits for a signature."),
            [(one.patient, f"version {one.version}") for one in _drafts(acting)],
            "plans:current",
        ),
        Waiting(
            *("intake", "Intakes under way", "Nobody's intake is open."),
            [
                (one.patient, f"begun {day_named(one.started_at, at)}")
                for one in _intakes(acting)
            ],
            "assessments:intake",
        ),
        Waiting(
            *("new", "Referred, not begun", "Everyone referred has been begun with."),
            [(one, one.referral_reason) for one in _referred(acting)],
            "assessments:intake",
        ),
        Waiting(
            *("due", "Follow-ups due", "Nothing is due today."),
            [(one.patient, one.title) for one in _due(acting, day_here(at))],
            "aftercare:of_patient",
        ),
    ]


def rules_due(clinic: Clinic, *, on: date) -> int:
    """How many rules wait for the clinic's medical director."""
    stances = stances_of(clinic.pk)
    cards = knowledge().on(on).cards.values()
    return sum(sign_off_of(card, stances.get(card.id)).is_due for card in cards)


def _concerns(acting: Acting) -> QuerySet[Concern]:
    rows = Concern.objects.visible_to(acting).open().for_safety().pressing_first()
    return rows.select_related("patient")[:SHOWN]


def _results(acting: Acting) -> QuerySet[Concern]:
    rows = Concern.objects.visible_to(acting).open().about_results().pressing_first()
    return rows.select_related("patient")[:SHOWN]


def _drafts(acting: Acting) -> QuerySet[Plan]:
    rows = Plan.objects.visible_to(acting).drafts().order_by("drafted_at", "pk")
    return rows.select_related("patient")[:SHOWN]


def _intakes(acting: Acting) -> QuerySet[Intake]:
    rows = Intake.objects.visible_to(acting).filter(status="in_progress")
    return rows.select_related("patient").order_by("started_at", "pk")[:SHOWN]


def _referred(acting: Acting) -> QuerySet[Patient]:
    rows = Patient.objects.visible_to(acting).filter(status="referred")
    return rows.order_by("referred_on", "pk")[:SHOWN]


def _due(acting: Acting, today: date) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.visible_to(acting).filter(
        status__in=["due", "missed"], due_on__lte=today
    )
    return rows.select_related("patient").order_by("due_on", "pk")[:SHOWN]
