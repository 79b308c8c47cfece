from django.db import models

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from medications.models.medicines import decision_choices
from medications.models.talks import DecisionTalk
from patients.models import Patient


@known_choices(reason_code="decision_reason_known")
class MedicationDecision(ClinicRow):
    """What was chosen together, what was known and shown at that moment. Never changed."""

    class Reason(models.TextChoices):
        """Why the choice is another than the wish or the first of the ranking."""

        PERSON_CHOSE = "person_chose", "The person chose it, informed"
        HELPED_BEFORE = "helped_before", "It helped before"
        CONTINUES = "continues", "Goes on with a medicine that helps"
        SAFETY = "safety", "Safer for this person, in the prescriber's judgement"
        REACH = "reach", "Travel, hours or work"
        SUPPLY = "supply", "The other is not to be had here"
        COST = "cost", "Cost or coverage"
        WAITS = "waits", "Waits for an answer or a result"
        OTHER = "other", "Another reason"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("medication_decisions"))
    choice = models.CharField(max_length=12, choices=decision_choices)
    choice_standing = models.CharField(max_length=16, blank=True)
    preference = models.CharField(max_length=12, blank=True)
    preference_words = models.TextField(blank=True)
    is_concordant = models.BooleanField(null=True)
    reason_code = models.CharField(max_length=40, choices=Reason, blank=True)
    reason_words = models.TextField(blank=True)
    # The prescriber's own words where the choice is to be avoided, or not yet clear.
    justification = models.TextField(blank=True)
    # The rules whose cautions were read before choosing.
    acknowledged = models.JSONField(default=list)
    first_dose = models.CharField(max_length=120, blank=True)
    took_part = models.JSONField(default=list)
    # The talk in which the person weighed the options, where there was one.
    talk = models.ForeignKey(DecisionTalk, null=True, **kept_as("decisions"))
    interpreter = models.CharField(max_length=80, blank=True)
    # The four SURE questions: yes, no, or not asked.
    sure = models.JSONField(default=dict)
    # What the choice wrote: tasks, orders and follow-ups as they were promised.
    follows = models.JSONField(default=list)
    # The picture and the options as they stood, with what proves it.
    picture = models.JSONField()
    picture_digest = models.CharField(max_length=64)
    options = models.JSONField()
    knowledge_digest = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-decided_at"], name="decision_of_patient")
        ]
