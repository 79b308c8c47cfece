from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from knowledge.names import Recognition, recognise, recognise_allergen
from patients.models.people import Patient


class Icd10Code(models.Model):
    """An ICD-10-CM code: loaded once from the maintained package, never edited."""

    code = models.CharField(max_length=10, unique=True)
    title = models.CharField(max_length=300)
    search_text = models.CharField(max_length=320)

    class Meta:
        ordering = ["code"]
        indexes = [
            GinIndex(
                OpClass(F("search_text"), name="gin_trgm_ops"), name="icd10_search"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Condition(ClinicRow):
    """A diagnosis or health condition other than what an instrument measures."""

    patient = models.ForeignKey(Patient, **kept_as("conditions"))
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    since = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-is_active", "code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "code"],
                condition=Q(is_active=True),
                name="condition_active_once",
            ),
        ]


@known_choices(kind="allergy_kind_known")
class Allergy(ClinicRow):
    """Something this person must not be given, or only with care."""

    class Kind(models.TextChoices):
        METHADONE = "methadone", "Methadone"
        BUPRENORPHINE = "buprenorphine", "Buprenorphine"
        NALOXONE = "naloxone", "Naloxone"
        NALTREXONE = "naltrexone", "Naltrexone"
        NMP = "nmp", "N-methyl-2-pyrrolidone (NMP, Sublocade and monthly Brixadi)"
        PLG = "plg", "PLG or carboxymethylcellulose (Vivitrol diluent)"
        SOY = "soy_lecithin", "Soy lecithin"
        OTHER = "other", "Other"

    patient = models.ForeignKey(Patient, **kept_as("allergies"))
    kind = models.CharField(max_length=14, choices=Kind)
    substance = models.CharField(max_length=120)
    reaction = models.CharField(max_length=120, blank=True)
    # Where it was told by somebody else than the person, and not confirmed.
    source = models.CharField(max_length=80, blank=True)
    is_current = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)

    @property
    def recognition(self) -> Recognition | None:
        """What the substance is recognised as; a listed kind needs no recognising."""
        is_listed = self.kind != Allergy.Kind.OTHER
        return None if is_listed else recognise_allergen(self.substance)

    class Meta:
        verbose_name_plural = "allergies"
        ordering = ["-is_current", "substance", "id"]


class OtherMedicine(ClinicRow):
    """A medicine that is not for OUD, as it was written down."""

    patient = models.ForeignKey(Patient, **kept_as("other_medicines"))
    ingredient = models.CharField(max_length=120)
    dose = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=80, blank=True)
    is_current = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, **KEPT)

    @property
    def recognition(self) -> Recognition:
        """What it is recognised as."""
        return recognise(self.ingredient)

    class Meta:
        ordering = ["-is_current", "ingredient", "id"]
