"""Reader of episodes of care: the one a person is in, or was in last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q, Value
from django.db.models.functions import Coalesce

from accounts.tenancy import clinic_day
from patients.models import Episode, Patient


@dataclass(frozen=True, slots=True)
class EpisodeNow:
    """The newest episode of one person, with the hold that stands on it."""

    patient: int
    pk: int
    number: int
    referred_on: date
    # Empty where nobody said what the call came after.
    called_after: str = ""
    admitted_on: date | None = None
    left_on: date | None = None
    leaving_class: str = ""
    # Since when the person wants no contacts after leaving.
    declined_on: date | None = None
    # Empty where care is not held.
    hold_kind: str = ""
    hold_since: date | None = None

    @property
    def has_left(self) -> bool:
        """Whether the care ended, by a death too."""
        return self.left_on is not None


def current_episodes(patient_ids: Collection[int]) -> dict[int, EpisodeNow]:
    """The newest episode of each of these people, in one statement."""
    newest = (
        Episode.objects.filter(patient__in=patient_ids)
        .annotate(hold=FilteredRelation("holds", condition=Q(holds__ended_on=None)))
        .order_by("patient", "-number")
        .distinct("patient")
        .values_list(
            *("patient", "pk", "number", "referred_on", "called_after", "admitted_on"),
            *("left_on", "leaving_class", "no_contact_since"),
            Coalesce("hold__kind", Value("")),
            "hold__began_on",
        )
    )
    return {row[0]: EpisodeNow(*row) for row in newest}


def current_episode(patient: Patient) -> EpisodeNow | None:
    """The newest episode of one person; None where the record has none."""
    return current_episodes([patient.pk]).get(patient.pk)


def day_of_death(patient: Patient) -> date | None:
    """The day on which a person died, on their clinic's clock; None where nobody knows
    it, and for the living."""
    if patient.status != Patient.Status.DECEASED:
        return None
    deaths = patient.status_changes.filter(status=Patient.Status.DECEASED)
    last = deaths.order_by("-pk").first()
    if last is None or not last.is_day_known:
        return None
    return clinic_day(patient.clinic, last.changed_at)
