from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models.consents import Consent
from patients.models.people import Patient

# Told by consent: the consent is this person's, signed, names this recipient and this
# purpose, and is neither over nor taken back at that moment. The gate asks the same, and
# for the parts that were told; a row that lies about it cannot be written.
WITHOUT_CONSENT = """
row.ground = 'consent' AND NOT row.is_stopped AND NOT EXISTS (
  SELECT FROM public.patients_consent c JOIN public.accounts_clinic k ON k.id = c.clinic_id
  WHERE c.id = row.consent_id AND c.patient_id = row.patient_id AND c.status = 'given'
    AND c.recipients @> jsonb_build_array(jsonb_build_object('name', row.recipient))
    AND c.purposes @> to_jsonb(row.purpose::text)
    AND (c.expires_on IS NULL OR c.expires_on >= (row.made_at AT TIME ZONE k.time_zone)::date)
    AND NOT (c.expires_event = 'end_of_treatment' AND EXISTS (
      SELECT FROM public.patients_statuschange s
      WHERE s.patient_id = c.patient_id AND s.status IN ('discharged', 'deceased')
        AND s.changed_at <= row.made_at
        AND (s.changed_at AT TIME ZONE k.time_zone)::date >= c.signed_on))
    AND NOT EXISTS (SELECT FROM public.patients_consentend e
      WHERE e.consent_id = c.id AND e.recipient IN ('', row.recipient) AND e.ended_at <= row.made_at))
"""


@known_choices(
    ground="disclosure_ground_known",
    notice="disclosure_notice_known",
    way="disclosure_way_known",
    purpose="disclosure_purpose_known",
)
class Disclosure(ClinicRow):
    """One time that something of a person was given out, or was asked for and stopped."""

    class Ground(models.TextChoices):
        CONSENT = "consent", "Consent"
        OWN_COPY = "own_copy", "Copy for the person"
        INSIDE = "inside", "For our own work"
        EMERGENCY = "emergency", "Medical emergency"
        AUDIT = "audit", "Audit or evaluation"
        SERVICE_ORGANIZATION = "service_organization", "Qualified service organization"
        RESEARCH = "research", "Research"
        REPORT = "report", "Report that the law allows"
        COURT_ORDER = "court_order", "Court order"

    class Purpose(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        PAYMENT = "payment", "Payment"
        OPERATIONS = "operations", "Running the program"
        SUPPORT = "support", "Help from family or friends"
        LIVING = "living", "Housing, work, benefits"
        NO_SECOND_PROGRAM = "no_second_program", "No second program"
        LEGAL = "legal", "Legal proceedings"
        REQUEST = "request", "The person asked for it"

    class Way(models.TextChoices):
        PAPER = "paper", "On paper"
        FILE = "file", "As a file"
        PHONE = "phone", "By phone"
        IN_PERSON = "in_person", "In person"
        LETTER = "letter", "By letter or fax"
        ELECTRONIC = "electronic", "Electronically"

    class Notice(models.TextChoices):
        NONE = "none", "Not needed"
        SHORT = "short", "Short"
        LONG = "long", "Long"

    append_only = True
    frozen_when = WITHOUT_CONSENT
    frozen_adding = True

    patient = models.ForeignKey(Patient, **kept_as("disclosures"))
    # What was given out: a key of `patients.disclosures.things`, and its row.
    thing = models.CharField(max_length=30)
    thing_row = models.BigIntegerField(null=True)
    sections = models.JSONField(default=list)
    withheld = models.JSONField(default=list)
    said = models.CharField(max_length=300, blank=True)
    recipient = models.CharField(max_length=160)
    recipient_address = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=20, choices=Purpose)
    purpose_words = models.CharField(max_length=200, blank=True)
    ground = models.CharField(max_length=20, choices=Ground)
    ground_words = models.CharField(max_length=300, blank=True)
    consent = models.ForeignKey(Consent, null=True, **kept_as("disclosures"))
    notice = models.CharField(max_length=5, choices=Notice)
    has_scope = models.BooleanField(default=False)
    way = models.CharField(max_length=10, choices=Way)
    is_stopped = models.BooleanField(default=False)
    stopped_because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-made_at"], name="disclosure_of_patient"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_stopped=True) ^ Q(stopped_because=""),
                name="disclosure_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(recipient="") & (Q(is_stopped=True) | ~Q(sections=[])),
                name="disclosure_says_what_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(is_stopped=True)
                | ~Q(ground="consent")
                | Q(consent__isnull=False, has_scope=True) & ~Q(notice="none"),
                name="disclosure_by_consent_goes_with_it",
            ),
            models.CheckConstraint(
                condition=Q(is_stopped=True)
                | Q(ground__in=["consent", "own_copy", "inside"])
                | ~Q(ground_words=""),
                name="disclosure_ground_says_what",
            ),
            models.CheckConstraint(
                condition=Q(is_stopped=True)
                | ~Q(ground="emergency")
                | ~Q(recipient_address=""),
                name="disclosure_emergency_names_facility",
            ),
        ]


class DisclosureListRequest(ClinicRow):
    """A person asked for the list of what was told about them; it has a last day."""

    frozen_when = "true"
    frozen_except = ("answered_at", "answered_by_id")

    patient = models.ForeignKey(Patient, **kept_as("list_requests"))
    asked_on = models.DateField()
    due_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, **KEPT)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-asked_on", "-id"]
        indexes = [
            models.Index(fields=["clinic", "patient"], name="listrequest_of_patient")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(answered_at=None),
                name="listrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="listrequest_answered_by_somebody",
            ),
        ]
