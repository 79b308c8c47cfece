from django.db import models
from django.db.models import F, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from patients.models.people import Patient


class DeathRecordQuerySet(ClinicQuerySet["DeathRecord"]):
    def standing(self) -> models.QuerySet["DeathRecord"]:
        """Neither dropped nor put right."""
        return self.filter(dropped_at=None, corrected_at=None)

    def waiting(self) -> models.QuerySet["DeathRecord"]:
        """For the second person: calls and texts are stopped meanwhile."""
        return self.standing().filter(confirmed_at=None)


@known_choices(
    source="deathrecord_source_known",
    cause="deathrecord_cause_known",
    medicine_at_home="deathrecord_medicine_known",
)
class DeathRecord(ClinicOwned):
    """A death as it was reported, which a second person confirms; then it is frozen, and
    two people put it right where it was a mistake."""

    class Source(models.TextChoices):
        FAMILY = "family", "Family or a friend told us"
        HOSPITAL = "hospital", "A hospital or emergency service"
        AUTHORITY = "authority", "Police, medical examiner or a register"
        STAFF = "staff", "Somebody of the staff was there"
        OTHER = "other", "In another way"

    class Cause(models.TextChoices):
        OVERDOSE = "overdose", "Overdose"
        OTHER = "other", "Other"
        UNKNOWN = "unknown", "Not known"

    class AtHome(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    moves_with_person = False
    frozen_when = "row.confirmed_at IS NOT NULL"
    frozen_except = (
        "dropped_at",
        "dropped_by_id",
        "correction_asked_at",
        "correction_asked_by_id",
        "correction_reason",
        "corrected_at",
        "corrected_by_id",
    )

    patient = models.ForeignKey(Patient, **kept_as("death_records"))
    died_on = models.DateField()
    is_about = models.BooleanField(default=False)
    source = models.CharField(max_length=9, choices=Source)
    source_words = models.CharField(max_length=200)
    # Not known counts as unexpected.
    cause = models.CharField(max_length=8, choices=Cause)
    cause_words = models.CharField(max_length=200, blank=True)
    medicine_at_home = models.CharField(max_length=7, choices=AtHome)
    told = models.CharField(max_length=300, blank=True)
    told_by = models.ForeignKey(Staff, null=True, **KEPT)
    # Came with the record (an import, or from before two people were asked).
    is_taken_over = models.BooleanField(default=False)
    status_before = models.CharField(max_length=12, choices=Patient.Status)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Staff, null=True, **KEPT)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(Staff, null=True, **KEPT)
    correction_asked_at = models.DateTimeField(null=True)
    correction_asked_by = models.ForeignKey(Staff, null=True, **KEPT)
    correction_reason = models.CharField(max_length=300, blank=True)
    corrected_at = models.DateTimeField(null=True)
    corrected_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = DeathRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(dropped_at=None, corrected_at=None),
                name="deathrecord_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=True, confirmed_at__isnull=False)
                | Q(
                    is_taken_over=False,
                    recorded_by__isnull=False,
                    told_by__isnull=False,
                )
                & (
                    Q(confirmed_at=None, confirmed_by=None)
                    | Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("recorded_by"))
                ),
                name="deathrecord_two_people",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(
                    dropped_at__isnull=False,
                    dropped_by__isnull=False,
                    confirmed_at=None,
                )
                | Q(dropped_at__isnull=False, is_taken_over=True),
                name="deathrecord_dropped_before_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(
                    correction_asked_at=None,
                    correction_asked_by=None,
                    correction_reason="",
                )
                | Q(
                    correction_asked_at__isnull=False,
                    correction_asked_by__isnull=False,
                    confirmed_at__isnull=False,
                )
                & ~Q(correction_reason=""),
                name="deathrecord_correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None, corrected_by=None)
                | Q(
                    corrected_at__isnull=False,
                    corrected_by__isnull=False,
                    correction_asked_by__isnull=False,
                )
                & ~Q(corrected_by=F("correction_asked_by")),
                name="deathrecord_corrected_by_two",
            ),
            models.CheckConstraint(
                condition=Q(
                    status_before__in=[
                        *("referred", "in_intake", "active", "on_hold"),
                        *("aftercare", "discharged"),
                    ]
                ),
                name="deathrecord_alive_before",
            ),
        ]
