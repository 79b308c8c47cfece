from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from aftercare.models.repeats import LONGEST_LINK
from knowledge.schedule.open_days import WEEKDAYS
from patients.models import Patient

# Who comes to no group; back in care, they are on the roster as before.
GONE = (Patient.Status.DISCHARGED, Patient.Status.DECEASED)


class CareGroupQuerySet(ClinicQuerySet["CareGroup"]):
    def current(self) -> Self:
        return self.filter(is_current=True)


class CareGroup(ClinicOwned):
    """A group that the clinic holds each week on one day."""

    name = models.CharField(max_length=120)
    for_whom = models.CharField(max_length=200, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    weekday = models.PositiveSmallIntegerField(
        choices=list(enumerate(WEEKDAYS, start=1))
    )
    begins = models.TimeField()
    place = models.CharField(max_length=120, blank=True)
    link = models.URLField(max_length=LONGEST_LINK, blank=True)
    capacity = models.PositiveSmallIntegerField()
    leader = models.ForeignKey(Staff, **KEPT)
    since_on = models.DateField()
    is_current = models.BooleanField(default=True)
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(Staff, **KEPT)

    objects = CareGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="caregroup_once"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="caregroup_weekday"
            ),
            models.CheckConstraint(
                condition=~Q(place="") | ~Q(link=""), name="caregroup_has_where"
            ),
        ]


class GroupMemberQuerySet(ClinicQuerySet["GroupMember"]):
    def current(self) -> Self:
        """On a roster now: whoever left care takes no place on it."""
        return self.filter(left_at=None).exclude(patient__status__in=GONE)


class GroupMember(ClinicOwned):
    """One person on the roster of a group, from joining until they left."""

    frozen_when = "true"
    frozen_except = ("left_on", "left_at", "left_by_id", "left_why")

    patient = models.ForeignKey(Patient, **kept_as("groups"))
    group = models.ForeignKey(CareGroup, **kept_as("members"))
    joined_on = models.DateField()
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(Staff, **KEPT)
    left_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(Staff, null=True, **KEPT)
    left_why = models.CharField(max_length=160, blank=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "group"],
                condition=Q(left_at=None),
                name="groupmember_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, left_by=None, left_on=None)
                | Q(
                    left_at__isnull=False, left_by__isnull=False, left_on__isnull=False
                ),
                name="groupmember_left_has_who",
            ),
        ]
        indexes = [models.Index(fields=["group", "id"], name="groupmember_of_group")]


class GroupSession(ClinicRow):
    """A session that was put on another day or cancelled; all others follow the week."""

    group = models.ForeignKey(CareGroup, **kept_as("changed_sessions"))
    planned_on = models.DateField()
    # None: cancelled.
    on = models.DateField(null=True)
    why = models.CharField(max_length=160)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["planned_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "planned_on"], name="groupsession_once"
            )
        ]


@known_choices(mark="groupattendance_mark_known")
class GroupAttendance(ClinicRow):
    """Whether one person came to one session; put right, never erased."""

    class Mark(models.TextChoices):
        PRESENT = "present", "Present"
        EXCUSED = "excused", "Excused"
        MISSED = "missed", "Missed"

    patient = models.ForeignKey(Patient, **kept_as("group_attendance"))
    group = models.ForeignKey(CareGroup, **kept_as("attendance"))
    # The session by the day of its week, and the day on which it was held.
    planned_on = models.DateField()
    on = models.DateField()
    mark = models.CharField(max_length=7, choices=Mark)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["planned_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "group", "planned_on"], name="groupattendance_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["group", "planned_on"], name="groupattendance_of_session"
            )
        ]
