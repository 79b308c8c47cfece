from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Clinic, Staff
from accounts.tenancy import KEPT, ClinicRow
from jobs.models import Job
from patients.models import Patient


@known_choices(stance="rule_signoff_stance_known")
class RuleSignOff(ClinicRow):
    """What a clinic's medical director said of one version of one rule.

    Never changed: the newest row of a rule is in force.
    """

    class Stance(models.TextChoices):
        AS_IS = "as_is", "Use as it is"
        OWN_NUMBER = "own_number", "Use with our own number"
        OFF = "off", "Do not use"

    append_only = True

    rule = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField()
    stance = models.CharField(max_length=10, choices=Stance)
    # The clinic's own numbers by the name of the parameter, written out in full.
    numbers = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    knowledge_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, **KEPT)
    # The sister clinic whose signature it was read with and taken over from.
    taken_from = models.ForeignKey(Clinic, null=True, **KEPT)

    class Meta:
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stance="as_is") | ~Q(reason=""),
                name="rule_signoff_departs_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(stance="own_number") & ~Q(numbers={})
                | ~Q(stance="own_number") & Q(numbers={}),
                name="rule_signoff_numbers_where_own",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "rule", "-signed_at", "-id"],
                name="rule_signoff_newest",
            )
        ]


@known_choices(stance="impactrun_stance_known")
class ImpactRun(ClinicRow):
    """What a job asks about: whose options would change under another policy of the
    clinic. The job says how far it came."""

    # It can be made again at any time from what it names.
    with_history = False

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="impact")
    # What would be signed; no rule where whole editions are compared.
    rule = models.CharField(max_length=12, blank=True)
    version = models.PositiveSmallIntegerField(null=True)
    stance = models.CharField(
        max_length=10, choices=RuleSignOff.Stance, blank=True, default=""
    )
    before = models.JSONField()
    after = models.JSONField()
    knowledge_digest = models.CharField(max_length=64)
    # The kept edition that today's is compared with; empty where a rule is.
    earlier_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["clinic", "rule", "-id"], name="impactrun_of_rule"),
        ]


class ImpactChange(ClinicRow):
    """One medication that would stand otherwise for one person: ids and codes only."""

    append_only = True
    with_history = False

    run = models.ForeignKey(ImpactRun, on_delete=models.PROTECT, related_name="changes")
    patient = models.ForeignKey(Patient, **KEPT)
    medication = models.CharField(max_length=12)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, blank=True)
    rank_before = models.PositiveSmallIntegerField(null=True)
    rank_after = models.PositiveSmallIntegerField(null=True)
    # Rule and effect of every line that goes and that comes: "C48=ACTION".
    gone = models.JSONField(default=list)
    new = models.JSONField(default=list)

    class Meta:
        ordering = ["patient", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "run", "patient", "medication"],
                name="impactchange_once",
            )
        ]
