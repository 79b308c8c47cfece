from django.db import models
from django.db.models import F, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models.consents import Consent
from patients.models.people import Patient, StatusChange

LeavingClass = StatusChange.DischargeClass


@known_choices(called_after="episode_called_after_known")
class Episode(ClinicRow):
    """One course of care of a person, from the call to the leaving; clocks begin with it.

    The record of the person goes on from one to the next; what is owed does not.
    """

    class CalledAfter(models.TextChoices):
        """What the call came after, so that who is in danger is seen first."""

        OVERDOSE = "overdose", "An overdose"
        PREGNANCY = "pregnancy", "Pregnancy"
        HOSPITAL = "hospital", "A hospital or emergency visit"
        CUSTODY = "custody", "Release from custody"

    # The way through care of one record is not that of another.
    moves_with_person = False
    frozen_when = "row.left_on IS NOT NULL"
    frozen_except = ("left_on", "leaving_class", "leaving_reason", "no_contact_since")

    patient = models.ForeignKey(Patient, **kept_as("episodes"))
    number = models.PositiveSmallIntegerField()
    referred_on = models.DateField()
    # Empty where nobody said.
    called_after = models.CharField(max_length=9, choices=CalledAfter, blank=True)
    admitted_on = models.DateField(null=True)
    # The first dose that was seen taken admitted them, and not a press.
    admitted_by_dose = models.BooleanField(default=False)
    left_on = models.DateField(null=True)
    leaving_class = models.CharField(max_length=16, choices=LeavingClass, blank=True)
    leaving_reason = models.CharField(max_length=300, blank=True)
    # The person wants no contacts after leaving; the way back stays open.
    no_contact_since = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "number"], name="episode_number_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(left_on=None),
                name="episode_one_open",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="episode_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(admitted_on=None) | Q(admitted_on__gte=F("referred_on")),
                name="episode_admitted_after_referral",
            ),
            models.CheckConstraint(
                condition=Q(admitted_by_dose=False) | Q(admitted_on__isnull=False),
                name="episode_dose_admits",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None)
                | Q(left_on__gte=F("referred_on"))
                & (Q(admitted_on=None) | Q(left_on__gte=F("admitted_on"))),
                name="episode_left_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None, leaving_class="", leaving_reason="")
                | Q(left_on__isnull=False, leaving_class__in=LeavingClass.values),
                name="episode_left_for_a_class",
            ),
            models.CheckConstraint(
                condition=Q(no_contact_since=None)
                | Q(no_contact_since__gte=F("left_on")),
                name="episode_contacts_after_leaving",
            ),
        ]


@known_choices(kind="carehold_kind_known")
class CareHold(ClinicRow):
    """A time in which care goes on elsewhere: the episode stays open and waits."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", "In hospital"
        CUSTODY = "custody", "In custody"
        OTHER = "other", "Away"

    moves_with_person = False
    frozen_when = "row.ended_on IS NOT NULL"
    frozen_except = ("ended_on",)

    patient = models.ForeignKey(Patient, **kept_as("holds"))
    episode = models.ForeignKey(Episode, **kept_as("holds"))
    kind = models.CharField(max_length=8, choices=Kind)
    place = models.CharField(max_length=120, blank=True)
    began_on = models.DateField()
    expected_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    words = models.CharField(max_length=300, blank=True)
    # The status that the person goes back to.
    status_before = models.CharField(max_length=12, choices=Patient.Status)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-began_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(ended_on=None),
                name="carehold_one_open",
            ),
            models.CheckConstraint(
                condition=(Q(ended_on=None) | Q(ended_on__gte=F("began_on")))
                & (Q(expected_until=None) | Q(expected_until__gte=F("began_on"))),
                name="carehold_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    status_before__in=["referred", "in_intake", "active", "aftercare"]
                ),
                name="carehold_back_to_care",
            ),
        ]


@known_choices(kit="careleaving_kit_known")
class CareLeaving(ClinicRow):
    """One leaving as it was settled with the person: what they take along, who calls
    afterwards, and the notice where they did not choose it."""

    class Kit(models.TextChoices):
        """Empty: nobody asked."""

        IN_HAND = "in_hand", "In hand"
        DECLINED = "declined", "Offered, declined"
        NOT_REACHED = "not_reached", "Could not be handed over"

    append_only = True
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("leavings"))
    episode = models.ForeignKey(Episode, **kept_as("leavings"))
    own_words = models.CharField(max_length=500, blank=True)
    notice = models.CharField(max_length=500, blank=True)
    next_place = models.CharField(max_length=160, blank=True)
    # The last day that their supply covers, and the day of the first dose elsewhere.
    supply_until = models.DateField(null=True)
    next_dose_on = models.DateField(null=True)
    kit = models.CharField(max_length=11, choices=Kit, blank=True)
    called_by = models.ForeignKey(Staff, null=True, **KEPT)
    # By which the next place, or somebody near, may be asked after them.
    consent = models.ForeignKey(Consent, null=True, **KEPT)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-recorded_at", "-id"]
