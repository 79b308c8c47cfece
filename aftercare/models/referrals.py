from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, kept_as
from knowledge.schedule.loops import LoopStage, loops
from patients.models import Disclosure, Patient


def place_kinds() -> list[tuple[str, str]]:
    """Every kind of place with its words."""
    return list(loops().kinds.items())


def loop_stages() -> list[tuple[str, str]]:
    return [(stage.value, stage.words) for stage in LoopStage]


class CarePlaceQuerySet(ClinicQuerySet["CarePlace"]):
    def current(self) -> Self:
        return self.filter(is_current=True)


@known_choices(kind="careplace_kind_known", medicine="careplace_medicine_known")
class CarePlace(ClinicOwned):
    """A place that people are referred to, as the clinic's directory has it."""

    class Medicine(models.TextChoices):
        """Whether somebody who takes methadone or buprenorphine is welcome there."""

        UNKNOWN = "unknown", "Not asked"
        WELCOME = "welcome", "Welcome"
        REFUSED = "refused", "Asks people to stop"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=place_kinds)
    medicine = models.CharField(
        max_length=8, choices=Medicine, default=Medicine.UNKNOWN
    )
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    eligibility = models.CharField(max_length=200, blank=True)
    cost = models.CharField(max_length=80, blank=True)
    way_there = models.CharField(max_length=120, blank=True)
    wait = models.CharField(max_length=80, blank=True)
    # How long it usually takes to answer; None where nobody knows.
    usual_days = models.PositiveSmallIntegerField(null=True)
    checked_on = models.DateField()
    checked_by = models.ForeignKey(Staff, **KEPT)
    is_current = models.BooleanField(default=True)

    objects = CarePlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "name"], name="careplace_once"
            )
        ]


class CareReferralQuerySet(ClinicQuerySet["CareReferral"]):
    def open(self) -> Self:
        return self.filter(next_on__isnull=False)


@known_choices(kind="carereferral_kind_known", stage="carereferral_stage_known")
class CareReferral(ClinicOwned):
    """One person referred to one place; how far it has come is its newest step's."""

    patient = models.ForeignKey(Patient, **kept_as("referrals"))
    kind = models.CharField(max_length=16, choices=place_kinds)
    place = models.ForeignKey(CarePlace, **kept_as("referrals"))
    wanted = models.CharField(max_length=160, blank=True)
    owner = models.ForeignKey(Staff, **KEPT)
    asked_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, **KEPT)
    # Of the newest step that holds.
    stage = models.CharField(max_length=8, choices=loop_stages)
    stage_on = models.DateField()
    stage_words = models.CharField(max_length=160, blank=True)
    visit_on = models.DateField(null=True)
    # When the next act is due; None once the loop is over.
    next_on = models.DateField(null=True)

    objects = CareReferralQuerySet.as_manager()

    class Meta:
        ordering = ["next_on", "id"]
        indexes = [
            models.Index(
                fields=["clinic", "next_on"],
                condition=Q(next_on__isnull=False),
                name="carereferral_open",
            ),
            models.Index(fields=["patient", "id"], name="carereferral_of_patient"),
        ]

    @property
    def loop_stage(self) -> LoopStage:
        return LoopStage(self.stage)


@known_choices(stage="referralstep_stage_known")
class ReferralStep(ClinicOwned):
    """One step of a referral, as it was recorded; taken back, never changed."""

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")

    patient = models.ForeignKey(Patient, **kept_as("referral_steps"))
    referral = models.ForeignKey(CareReferral, **kept_as("steps"))
    stage = models.CharField(max_length=8, choices=loop_stages)
    on = models.DateField()
    # Of `accepted`: the day that the place gave.
    visit_on = models.DateField(null=True)
    words = models.CharField(max_length=160, blank=True)
    # Of `sent`: what was given out; None where the person went there by themselves.
    disclosure = models.ForeignKey(Disclosure, null=True, **KEPT)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="referralstep_taken_back_has_who",
            )
        ]

    @property
    def loop_stage(self) -> LoopStage:
        return LoopStage(self.stage)
