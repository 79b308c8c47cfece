"""What waits for a person on the staff, by role."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.access import Acting
from aftercare.models import FollowUp
from assessments.models import Concern, Intake
from patients.models import Patient
from plans.models import Plan

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
    """Concerns about life, plans to sign, open intakes, people nobody has begun with, follow-ups due."""
    today = timezone.localdate(at)
    return [
        Waiting(
            "safety",
            "Safety first",
            "No concern about anybody's life is open.",
            [
                (concern.patient, concern.reason)
                for concern in Concern.objects.visible_to(acting)
                .open()
                .for_safety()
                .pressing_first()
                .select_related("patient")[:SHOWN]
            ],
            "aftercare:of_patient",
        ),
        Waiting(
            "sign",
            "Plans to sign",
            "No draft waits for a signature.",
            [
                (plan.patient, f"version {plan.version}")
                for plan in Plan.objects.visible_to(acting)
                .drafts()
                .select_related("patient")
                .order_by("drafted_at", "pk")[:SHOWN]
            ],
            "plans:current",
        ),
        Waiting(
            "intake",
            "Intakes under way",
            "Nobody's intake is open.",
            [
                (intake.patient, f"begun {intake.started_at:%-d %b}")
                for intake in Intake.objects.visible_to(acting)
                .filter(status="in_progress")
                .select_related("patient")
                .order_by("started_at", "pk")[:SHOWN]
            ],
            "assessments:intake",
        ),
        Waiting(
            "new",
            "Referred, not begun",
            "Everyone referred has been begun with.",
            [
                (patient, patient.referral_reason)
                for patient in Patient.objects.visible_to(acting)
                .filter(status="referred")
                .order_by("referred_on", "pk")[:SHOWN]
            ],
            "assessments:intake",
        ),
        Waiting(
            "due",
            "Follow-ups due",
            "Nothing is due today.",
            [
                (follow_up.patient, follow_up.title)
                for follow_up in FollowUp.objects.visible_to(acting)
                .filter(status__in=["due", "missed"], due_on__lte=today)
                .select_related("patient")
                .order_by("due_on", "pk")[:SHOWN]
            ],
            "aftercare:of_patient",
        ),
    ]
