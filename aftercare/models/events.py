from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from knowledge.schedule.pathways import EventKind, EventType, pathways
from patients.models import Patient


def event_choices() -> list[tuple[str, str]]:
    """Every kind of event with its words."""
    return [(kind.value, one.about.title) for kind, one in pathways().items()]


class CareEventQuerySet(ClinicQuerySet["CareEvent"]):
    def in_force(self) -> Self:
        """Neither taken back nor corrected since."""
        return self.filter(taken_back_at=None, replaced_by=None)


@known_choices(kind="careevent_kind_known", source="careevent_source_known")
class CareEvent(ClinicOwned):
    """Something that happened to a person and opens a pathway. What was recorded stays
    as it is: a correction is a new row, and what is taken back says why."""

    class Source(models.TextChoices):
        UNSAID = "unsaid", "Not known"
        PERSON = "person", "The person"
        FAMILY = "family", "Family or somebody close"
        CLINIC = "clinic", "Another clinic or hospital"
        SERVICE = "service", "Ambulance, police or custody"
        HERE = "here", "Seen here"
        RECORD = "record", "From the record"
        OTHER = "other", "Somebody else"

    frozen_when = "true"
    frozen_except = (
        *("replaced_by_id", "taken_back_at", "taken_back_by_id"),
        "taken_back_why",
    )

    patient = models.ForeignKey(Patient, **kept_as("care_events"))
    kind = models.CharField(max_length=24, choices=event_choices)
    # Where nobody knows the day, the day on which it became known.
    happened_on = models.DateField()
    is_day_known = models.BooleanField(default=True)
    # On the clinic's clock.
    happened_time = models.TimeField(null=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.UNSAID)
    # Small answers that its kind declares; what is missing nobody knows.
    answers = models.JSONField(default=dict)
    words = models.CharField(max_length=500, blank=True)
    # What stood before in the homes of the facts that it wrote, to be put back.
    stood_before = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    # Nobody, where it was found in the record; `derived_from` names what it rests on.
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    derived_from = models.CharField(max_length=80, blank=True)
    # The first row of what was corrected: its number stands in addresses and steps.
    first = models.ForeignKey("self", null=True, **kept_as("versions"))
    replaced_by = models.ForeignKey("self", null=True, **kept_as("replaces"))
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)
    taken_back_why = models.CharField(max_length=300, blank=True)

    objects = CareEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "derived_from"],
                condition=~Q(derived_from=""),
                name="careevent_derived_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) | ~Q(derived_from=""),
                name="careevent_has_who_or_whence",
            ),
            models.CheckConstraint(
                condition=Q(is_day_known=True) | Q(happened_time=None),
                name="careevent_time_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None, taken_back_why="")
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="careevent_taken_back_has_who",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-happened_on"],
                name="careevent_of_patient",
            )
        ]

    @property
    def number(self) -> int:
        """The number of the event, the same through all its corrections."""
        return self.first_id or self.pk

    @property
    def event_kind(self) -> EventKind:
        return EventKind(self.kind)

    @property
    def about(self) -> EventType:
        return pathways()[self.event_kind].about

    @property
    def is_in_force(self) -> bool:
        return self.taken_back_at is None and self.replaced_by_id is None

    @property
    def day(self) -> date | None:
        return self.happened_on if self.is_day_known else None
