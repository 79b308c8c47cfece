"""Open things of somebody who is about to leave: what endangers first, then by day."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from aftercare.models import FollowUp
from assessments.models import Concern
from knowledge.schedule.steps import DutySeverity
from knowledge.wording.dates import day_named
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One line: what is open, since or until when, who has it, where it is answered."""

    title: str
    context: str
    who: str
    url: str
    is_danger: bool = False
    # Nobody leaves before it is answered.
    is_stop: bool = False


@dataclass(frozen=True, slots=True)
class OpenThings:
    """What is open now, and how much is promised for later."""

    now: tuple[OpenThing, ...]
    ahead: int

    @property
    def is_stopped(self) -> bool:
        """Whether one of them keeps the person from leaving."""
        return any(one.is_stop for one in self.now)


def open_things(patient: Patient, *, today: date) -> OpenThings:
    """In two statements."""
    concerns = Concern.objects.open().filter(patient=patient).pressing_first()
    owed = list(
        FollowUp.objects.open()
        .filter(patient=patient)
        .select_related("assigned_to")
        .order_by("latest_on", "pk")
    )
    # What can kill, then what is late, then by its last day.
    owed.sort(key=lambda one: (not _is_danger(one), one.latest_on >= today))
    now = [one for one in owed if one.earliest_on <= today or _is_safety(one)]
    return OpenThings(
        (
            *(_concern(one, patient) for one in concerns),
            *(_follow_up(one, patient, today) for one in now),
        ),
        ahead=len(owed) - len(now),
    )


def has_open_suicide_concern(patient: Patient) -> bool:
    """Whether somebody's life is in question and nobody has answered."""
    return Concern.objects.open().for_safety().filter(patient=patient).exists()


def _is_safety(one: FollowUp) -> bool:
    return ":concern:" in one.key


def _is_danger(one: FollowUp) -> bool:
    return _is_safety(one) or one.severity == DutySeverity.DANGER


def _concern(one: Concern, patient: Patient) -> OpenThing:
    is_stop = one.kind == Concern.Kind.SUICIDE_RISK
    return OpenThing(
        title=f"{one.get_kind_display()}: {one.reason}",
        context="answer it before the person leaves" if is_stop else "not answered yet",
        who="Clinician",
        url=reverse("aftercare:resolve_concern", args=[patient.pk, one.pk]),
        is_danger=is_stop or one.level >= Concern.Level.UNSCREENED,
        is_stop=is_stop,
    )


def _follow_up(one: FollowUp, patient: Patient, today: date) -> OpenThing:
    is_late = one.latest_on < today
    by = day_named(one.latest_on, today)
    return OpenThing(
        title=one.title,
        context=f"was due by {by}" if is_late else f"by {by}",
        who=one.assigned_to.name
        if one.assigned_to
        else str(FollowUp.AssignedRole(one.assigned_role).label),
        url=reverse("aftercare:of_patient", args=[patient.pk]),
        is_danger=_is_danger(one),
    )
