from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from medications.models import MedicationDecision
from patients.models import Patient

WITH_A_SIGNED_PLAN = (
    "EXISTS (SELECT 1 FROM plans_plan p"
    " WHERE p.id = row.plan_id AND p.status <> 'draft')"
)


class PlanQuerySet(ClinicQuerySet["Plan"]):
    def in_force(self) -> Self:
        return self.filter(status=Plan.Status.SIGNED)

    def drafts(self) -> Self:
        return self.filter(status=Plan.Status.DRAFT)


class Plan(ClinicOwned):
    """A treatment plan. Free to change as a draft; once signed, only replaced."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"
        REPLACED = "replaced", "Replaced"
        CLOSED = "closed", "Closed"

    class LevelOfCare(models.TextChoices):
        """Recorded by the clinician; nothing here computes it."""

        OUTPATIENT = "outpatient", "Outpatient"
        MEDICALLY_MANAGED = "medically_managed", "Outpatient, medically managed"
        INTENSIVE = "intensive", "Intensive outpatient"
        RESIDENTIAL = "residential", "Residential"
        INPATIENT = "inpatient", "Inpatient, medically managed"

    frozen_when = "row.status <> 'draft'"
    frozen_except = ("status", "ended_at", "ended_by_id")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    decision = models.ForeignKey(MedicationDecision, null=True, **kept_as("plans"))
    picture = models.JSONField(help_text="The facts it was made from.")
    knowledge_digest = models.CharField(max_length=64)
    level_of_care = models.CharField(max_length=18, choices=LevelOfCare, blank=True)
    # Goes up with every change of the tree; a change that names an older one is refused.
    revision = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Staff, null=True, **KEPT)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, null=True, **KEPT)
    content_digest = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "version"], name="plan_version_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(status="signed"),
                name="plan_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(status="draft"),
                name="plan_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="draft", signed_at=None, signed_by=None, content_digest=""
                )
                | Q(
                    status__in=["signed", "replaced", "closed"],
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                )
                & ~Q(content_digest=""),
                name="plan_draft_is_unsigned",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("plans:detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == Plan.Status.DRAFT


class PlanDomain(models.TextChoices):
    BODY = "body", "Body"
    MIND = "mind", "Mind"
    SOCIAL = "social", "Social"


@known_choices(domain="need_domain_known")
class Need(ClinicRow):
    """Something about this person that the plan has to answer, with the facts it comes from."""

    frozen_when = WITH_A_SIGNED_PLAN
    frozen_adding = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="needs")
    key = models.CharField(max_length=60)
    domain = models.CharField(max_length=6, choices=PlanDomain)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=list)
    set_aside_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "plan", "key"], name="need_once"),
        ]


class Goal(ClinicRow):
    """What the person wants to reach, in their words, and how it will be seen."""

    frozen_when = WITH_A_SIGNED_PLAN
    frozen_adding = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="goals")
    position = models.PositiveIntegerField()
    own_words = models.TextField(blank=True)
    wording = models.CharField(max_length=300)
    measure = models.CharField(max_length=120, blank=True)
    baseline = models.CharField(max_length=60, blank=True)
    target = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ["position", "id"]


@known_choices(kind="intervention_kind_known", state="intervention_state_known")
class Intervention(ClinicRow):
    """What is done about a need: a medicine, a modality, a referral, a task."""

    class Kind(models.TextChoices):
        MEDICATION = "medication", "Medicine"
        MODALITY = "modality", "Care"
        ACTION = "action", "Task"
        SUPPORT = "support", "Support"

    class State(models.TextChoices):
        SUGGESTED = "suggested", "Suggested"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    frozen_when = WITH_A_SIGNED_PLAN
    frozen_adding = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(
        Plan, on_delete=models.CASCADE, related_name="interventions"
    )
    need = models.ForeignKey(
        Need, on_delete=models.CASCADE, related_name="interventions"
    )
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.SUGGESTED)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=600)
    dose = models.CharField(max_length=300, blank=True)
    who = models.CharField(max_length=120, blank=True)
    why = models.TextField(blank=True)
    evidence = models.CharField(max_length=12, blank=True)
    limits = models.CharField(max_length=500, blank=True)
    rule = models.CharField(max_length=12, blank=True)
    verified = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True)
    stop_rule = models.CharField(max_length=200, blank=True)
    declined_reason = models.CharField(max_length=300, blank=True)
    # Who answers for a line about a medicine; it stays with the line, version after version.
    prescriber = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="declined") | Q(declined_reason=""),
                name="intervention_reason_with_decline",
            ),
        ]

    @property
    def names_a_rule(self) -> bool:
        """Whether it comes from a medication rule, which has a page of its own."""
        return self.rule[:1] == "C" and self.rule[1:2].isdigit()


@known_choices(part="signature_part_known")
class Signature(ClinicRow):
    """A person put their name under exactly this content."""

    class Part(models.TextChoices):
        CLINICIAN = "clinician", "Clinician"
        SUPERVISOR = "supervisor", "Supervisor"
        PATIENT = "patient", "Person in care"

    append_only = True

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="signatures")
    part = models.CharField(max_length=10, choices=Part)
    staff = models.ForeignKey(Staff, null=True, **KEPT)
    name = models.CharField(max_length=170)
    # Empty where the person signed; else by what right somebody signed for them.
    signed_for = models.CharField(max_length=160, blank=True)
    content_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_for="") | Q(part="patient"),
                name="signature_for_the_person_only",
            ),
            models.UniqueConstraint(
                fields=["clinic", "plan", "part"], name="signature_one_of_each_part"
            ),
        ]


class PlanReviewQuerySet(ClinicQuerySet["PlanReview"]):
    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class PlanReview(ClinicOwned):
    """A plan in force was looked at, and nothing changes: with what was looked at, as it
    stood then."""

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")
    # It is of a plan that was signed for this record.
    moves_with_person = False

    patient = models.ForeignKey(Patient, **KEPT)
    plan = models.ForeignKey(Plan, **kept_as("reviews"))
    content_digest = models.CharField(max_length=64)
    picture = models.JSONField()
    # What had moved since the plan was made or reviewed: label, then, now.
    moved = models.JSONField(default=list)
    own_words = models.CharField(max_length=500, blank=True)
    why = models.CharField(max_length=300, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = PlanReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(moved=[]) | ~Q(why=""), name="planreview_moved_says_why"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="planreview_taken_back_has_who",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-reviewed_at"], name="planreview_newest")
        ]


class RecordCheck(ClinicRow):
    """One night's recomputing of a clinic's audit and of every plan signed there.

    `number` and `digest` are the last link of the audit's chain as it was found: kept
    outside, they show whether anything before them was changed since.
    """

    checked_at = models.DateTimeField()
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    plans = models.PositiveIntegerField()
    # What is not as it was written, in words without anybody's name.
    faults = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True)

    frozen_when = "row.id IS NOT NULL"
    frozen_except = ("told_at",)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "-checked_at"], name="record_check_newest")
        ]

    @property
    def is_whole(self) -> bool:
        return not self.faults
