from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value
from django.db.models.functions import JSONObject

from accounts.choices import known_choices
from accounts.models import PageLanguage, Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from patients.models.people import Patient, SupportPerson

# Where a kind of consent is about: named here, so that the database knows them too.
TPO, REGISTRY, COUNSELING, LEGAL = "tpo", "registry", "counseling_notes", "legal"
WITHOUT_NAME = '$[*] ? (!exists(@.name) || @.name == "")'
WITHOUT_ADDRESS = '$[*] ? (!exists(@.address) || @.address == "")'


def _none_is(path: str) -> Q:
    """No recipient is like this."""
    found = Func(
        F("recipients"),
        Func(Value(path), template="%(expressions)s::jsonpath"),
        function="jsonb_path_exists",
        output_field=models.BooleanField(),
    )
    return Q(models.ExpressionWrapper(found, models.BooleanField()), _negated=True)


def _where_given(condition: Q) -> Q:
    return ~Q(status="given") | condition


class ConsentQuerySet(ClinicQuerySet["Consent"]):
    def with_ends(self) -> Self:
        """Each with what has ended it or a part of it, as `ended`: recipient, why and day
        of each, the oldest first; one query."""
        ends = ConsentEnd.objects.filter(consent=OuterRef("pk"))
        said = JSONObject(recipient="recipient", why="why", said_on="said_on")
        in_order = ends.order_by("ended_at", "pk").values(said=said)
        return self.annotate(ended=ArraySubquery(in_order))

    def asked(self) -> Self:
        """Given or declined: a draft is nobody's answer."""
        return self.exclude(status=Consent.Status.DRAFT)


@known_choices(
    kind="consent_kind_known",
    status="consent_status_known",
    expiry="consent_expiry_known",
    language="consent_language_known",
    signed_how="consent_signed_how_known",
)
class Consent(ClinicOwned):
    """One answer of a person to who may be told what (42 CFR 2.31).

    A draft until they have signed or declined, frozen from then on. The constraints
    below let nothing be "given" that lacks an element of the rule.
    """

    # What has ended it or a part of it, where it was read so: see `with_ends`.
    ended: list[dict[str, str]]

    class Kind(models.TextChoices):
        SUPPORT = "support", "Family or support"
        RECIPIENT = "recipient", "One person or organization"
        TPO = TPO, "Treatment, payment and operations"
        INTERMEDIARY = "intermediary", "An exchange and its members"
        REGISTRY = REGISTRY, "Other programs or a registry"
        COUNSELING_NOTES = COUNSELING, "Counseling notes"
        LEGAL = LEGAL, "A court or legal proceedings"

    class Status(models.TextChoices):
        DRAFT = "draft", "Not signed yet"
        GIVEN = "given", "Given"
        DECLINED = "declined", "Declined"

    class Expiry(models.TextChoices):
        DATE = "date", "On a day"
        EVENT = "event", "With something that happens"
        NONE = "none", "When they take it back"

    class SignedHow(models.TextChoices):
        DRAWN = "drawn", "With a finger, on this device"
        TYPED = "typed", "By typing the name, on this device"
        PAPER = "paper", "On paper"

    frozen_when = "row.status <> 'draft'"

    patient = models.ForeignKey(Patient, **kept_as("consents"))
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    # Who may tell; what; to whom (name, address, how they stand to the person); why.
    discloser = models.CharField(max_length=200)
    sections = models.JSONField(default=list)
    limits = models.CharField(max_length=200, blank=True)
    recipients = models.JSONField(default=list)
    support = models.ForeignKey(SupportPerson, null=True, **kept_as("consents"))
    purposes = models.JSONField(default=list)
    purpose_words = models.CharField(max_length=200)
    expiry = models.CharField(max_length=5, choices=Expiry)
    expires_on = models.DateField(null=True)
    expires_event = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, choices=PageLanguage)
    # As it was read and signed, with the fixed sentences that stand in it.
    text = models.TextField(blank=True)
    statements = models.JSONField(default=list)
    signed_how = models.CharField(max_length=5, choices=SignedHow, blank=True)
    signed_name = models.CharField(max_length=160, blank=True)
    # Empty where the person signed; else by what right somebody signed for them.
    signed_for = models.CharField(max_length=160, blank=True)
    signature_path = models.TextField(blank=True)
    signed_on = models.DateField(null=True)
    declined_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, **KEPT)
    settled_at = models.DateTimeField(null=True)
    # Who was with them, or saw the paper.
    settled_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["clinic", "patient"], name="consent_of_patient")
        ]
        constraints = [
            models.CheckConstraint(
                condition=_where_given(
                    ~Q(discloser="")
                    & ~Q(sections=[])
                    & ~Q(recipients=[])
                    & ~Q(purposes=[])
                    & ~Q(purpose_words="")
                    & ~Q(text="")
                ),
                name="consent_given_says_who_what_why",
            ),
            models.CheckConstraint(
                condition=_where_given(_none_is(WITHOUT_NAME)),
                name="consent_given_names_recipients",
            ),
            models.CheckConstraint(
                condition=_where_given(
                    ~Q(kind=REGISTRY)
                    | (_none_is(WITHOUT_ADDRESS) & Q(sections=["registry"]))
                ),
                name="consent_registry_by_address",
            ),
            models.CheckConstraint(
                condition=_where_given(
                    Q(expiry="date", expires_on__isnull=False)
                    & Q(expires_on__gte=F("signed_on"))
                    | Q(expiry="event") & ~Q(expires_event="")
                    | Q(expiry="none", kind=TPO)
                ),
                name="consent_given_says_until",
            ),
            models.CheckConstraint(
                condition=_where_given(
                    Q(statements__contains=["revocation"])
                    & (
                        ~Q(kind__in=[TPO, "intermediary"])
                        | Q(statements__contains=["redisclosure"])
                    )
                    & (
                        ~Q(kind=TPO)
                        | Q(statements__contains=["redisclosure", "refusal_tpo"])
                    )
                    & (~Q(kind=LEGAL) | Q(statements__contains=["proceedings"]))
                ),
                name="consent_given_carries_statements",
            ),
            models.CheckConstraint(
                condition=_where_given(
                    Q(signed_on__isnull=False, declined_on=None)
                    & ~Q(signed_name="")
                    & ~Q(signed_how="")
                    & (~Q(signed_how="drawn") | ~Q(signature_path=""))
                ),
                name="consent_given_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined")
                | Q(declined_on__isnull=False, signed_on=None, signed_how=""),
                name="consent_declined_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", settled_at=None, settled_by=None)
                | ~Q(status="draft")
                & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="consent_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind=COUNSELING, sections=["counseling_notes"])
                | ~Q(kind=COUNSELING) & ~Q(sections__contains=["counseling_notes"]),
                name="consent_counseling_notes_apart",
            ),
            models.CheckConstraint(
                condition=Q(kind=LEGAL) | ~Q(purposes__contains=["legal"]),
                name="consent_legal_apart",
            ),
        ]

    @property
    def recipient_names(self) -> str:
        """Everybody named in it."""
        return ", ".join(str(one["name"]) for one in self.recipients)


@known_choices(why="consentend_why_known", how="consentend_how_known")
class ConsentEnd(ClinicRow):
    """What ended a consent, for everybody named in it or for one of them."""

    class Why(models.TextChoices):
        REVOKED = "revoked", "Taken back"
        EVENT = "event", "What it was to end with has happened"
        DEFICIENT = "deficient", "Found to be false or to lack something"

    class How(models.TextChoices):
        WRITTEN = "written", "In writing"
        SPOKEN = "spoken", "By word of mouth"

    append_only = True

    patient = models.ForeignKey(Patient, **kept_as("consent_ends"))
    consent = models.ForeignKey(Consent, **kept_as("ends"))
    # Empty: for everybody.
    recipient = models.CharField(max_length=160, blank=True)
    why = models.CharField(max_length=9, choices=Why)
    how = models.CharField(max_length=7, choices=How, blank=True)
    # The day they said it; from `ended_at` on nothing more is told.
    said_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey(Staff, **KEPT)

    class Meta:
        ordering = ["ended_at", "id"]
        indexes = [models.Index(fields=["consent"], name="consentend_of_consent")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "consent", "recipient"], name="consent_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(why="revoked") ^ Q(how=""),
                name="consentend_revoked_says_how",
            ),
        ]
