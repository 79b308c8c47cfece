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
from knowledge.wording import dates
from medications.clinic_policy.policy import sign_off_of, stances_of
from patients.models import Patient
from plans.models import Plan

SHOWN = 10
# Follow-ups among which the people who wait are found: one is owed several at once.
LOOKED_AT = 100


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
    concerns = _concerns(acting)
    return [
        Waiting(
            *("safety", "Safety first", "No concern about anybody's life is open."),
            concerns.get(Concern.Kind.SUICIDE_RISK, []),
            "aftercare:of_patient",
        ),
        Waiting(
            *("results", "Results that cannot wait", "No result waits for an answer."),
            concerns.get(Concern.Kind.RESULT, []),
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
                (
                    one.patient,
                    f"begun {dates.day_named(day_here(one.started_at), day_here(at))}",
                )
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


def _concerns(acting: Acting) -> dict[str, list[tuple[Patient, str]]]:
    """The open ones by kind, the most pressing of each."""
    rows = Concern.objects.visible_to(acting).open().first_of_each_kind(SHOWN)
    found: dict[str, list[tuple[Patient, str]]] = {}
    for one in rows.select_related("patient"):
        found.setdefault(one.kind, []).append((one.patient, one.reason))
    return found


def _drafts(acting: Acting) -> QuerySet[Plan]:
    rows = Plan.objects.visible_to(acting).drafts().order_by("drafted_at", "pk")
    return rows.select_related("patient")[:SHOWN]


def _intakes(acting: Acting) -> QuerySet[Intake]:
    rows = Intake.objects.visible_to(acting).filter(status="in_progress")
    return rows.select_related("patient").order_by("started_at", "pk")[:SHOWN]


def _referred(acting: Acting) -> QuerySet[Patient]:
    rows = Patient.objects.visible_to(acting).filter(status="referred")
    return rows.order_by("referred_on", "pk")[:SHOWN]


def _due(acting: Acting, today: date) -> list[FollowUp]:
    """The longest due of each person."""
    rows = FollowUp.objects.visible_to(acting).filter(
        status__in=["due", "missed"], due_on__lte=today
    )
    first: dict[int, FollowUp] = {}
    for one in rows.select_related("patient").order_by("due_on", "pk")[:LOOKED_AT]:
        first.setdefault(one.patient_id, one)
    return list(first.values())[:SHOWN]
