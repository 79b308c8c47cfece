import re
from datetime import date
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Greatest
from django.urls import reverse

from accounts.choices import known_choices
from accounts.models import PageLanguage, Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from patients.birth_dates import find_in, swapped
from patients.names import LONGEST_SORT_NAME, closed_up, is_name_of, normalized
from patients.telephones import digits_in

# Trigram likeness of a typed name to a stored one: found by trying common
# misspellings; a birth date that agrees needs less.
VERY_ALIKE = 0.72
SOMEWHAT_ALIKE = 0.3
# What a record's number is called, where it was copied with the number.
MRN_SAID = re.compile(r"\bmrn\b(?=\W*\d)|(?<=\d)\s+mrn\b", re.IGNORECASE)


class PatientQuerySet(ClinicQuerySet["Patient"]):
    def in_care(self) -> Self:
        """Neither discharged nor deceased."""
        return self.exclude(
            status__in=[Patient.Status.DISCHARGED, Patient.Status.DECEASED]
        )

    def found_by(self, text: str) -> Self:
        """Everyone of whom each part of `text` is true: words of names or MRN, a date of
        birth, a telephone number; those whose names hold the whole words first."""
        told = find_in(text)
        rest = MRN_SAID.sub(" ", told.rest)
        words = normalized(rest).split()
        found = self.filter(date_of_birth__in=told.days) if told.days else self
        if not words:
            is_anybody = told.days or not text.strip()
            return found.order_by("sort_name", "pk") if is_anybody else self.none()
        named = _each(words, "{}")
        if reach := digits_in(rest):
            named |= _reached_at(reach)
        return (
            found.filter(named)
            .annotate(
                is_whole=Case(
                    When(_each(words, " {} "), then=True), default=Value(value=False)
                )
            )
            .order_by("-is_whole", "sort_name", "pk")
        )

    def like(self, given_name: str, family_name: str, born_on: date | None) -> Self:
        """Those who may be the same person: near spellings, or the same birth date, its
        month and day changed over too, with some likeness of name. The likest first."""
        given, family = normalized(given_name), normalized(family_name)
        likeness = Greatest(
            TrigramWordSimilarity(f"{given} {family}", "search_text"),
            TrigramWordSimilarity(f"{given} {closed_up(family)}", "search_text"),
        )
        days = [day for day in (born_on, swapped(born_on)) if day is not None]
        return (
            self.annotate(likeness=likeness)
            .filter(
                Q(likeness__gte=VERY_ALIKE)
                | Q(date_of_birth__in=days, likeness__gte=SOMEWHAT_ALIKE)
            )
            .order_by("-likeness", "pk")
        )


def _each(words: list[str], form: str) -> Q:
    """Every word stands in what a person is found by."""
    return Q(*(Q(search_text__contains=form.format(word)) for word in words))


class Digits(Func):
    """The digits of a written telephone number, as numbers are looked for."""

    function = "regexp_replace"
    template = "%(function)s(%(expressions)s, '[^0-9]', '', 'g')"
    output_field = models.TextField()


def _reached_at(digits: str) -> Q:
    """A number of their own, or of somebody in their life, has these digits."""
    of_person = {"patient": OuterRef("pk"), "digits__contains": digits}
    own = ContactPoint.objects.annotate(digits=Digits("value")).filter(**of_person)
    near = SupportPerson.objects.annotate(digits=Digits("phone")).filter(**of_person)
    return Q(Exists(own)) | Q(Exists(near))


@known_choices(status="patient_status_known", sex_at_birth="patient_sex_known")
class Patient(ClinicOwned):
    """A person in care at one clinic."""

    is_person = True

    class Status(models.TextChoices):
        REFERRED = "referred", "Referred"
        IN_INTAKE = "in_intake", "In intake"
        ACTIVE = "active", "Active"
        ON_HOLD = "on_hold", "On hold"
        AFTERCARE = "aftercare", "In aftercare"
        DISCHARGED = "discharged", "Discharged"
        DECEASED = "deceased", "Deceased"

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        INTERSEX = "intersex", "Intersex"
        UNKNOWN = "unknown", "Not known"

    mrn = models.CharField("MRN", max_length=20)
    given_name = models.CharField("given name", max_length=80)
    # Empty where a person has one name only.
    family_name = models.CharField("family name", max_length=80, blank=True)
    used_name = models.CharField("name they use", max_length=80, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    # Unknown only for people whose records come from elsewhere without one.
    date_of_birth = models.DateField(null=True)
    sex_at_birth = models.CharField("sex recorded at birth", max_length=10, choices=Sex)
    gender = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=40, default="English")
    needs_interpreter = models.BooleanField(null=True)
    address = models.CharField(max_length=200, blank=True)
    is_unhoused = models.BooleanField(null=True)
    # When "without a home now" was ticked; the history says by whom.
    unhoused_at = models.DateTimeField(null=True)
    payer = models.CharField(max_length=60, blank=True)
    referred_by = models.CharField(max_length=120, blank=True)
    referral_reason = models.CharField(max_length=300, blank=True)
    referred_on = models.DateField()
    admitted_on = models.DateField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.REFERRED)
    # None: nobody has asked. True: asked, and none known.
    no_known_allergies = models.BooleanField(null=True)
    allergies_asked_at = models.DateTimeField(null=True)
    is_pseudonym = models.BooleanField(default=False)
    search_text = models.TextField(editable=False)
    sort_name = models.CharField(max_length=LONGEST_SORT_NAME, editable=False)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "mrn"], name="patient_mrn_once"),
        ]
        indexes = [
            models.Index(fields=["clinic", "sort_name", "id"], name="patient_by_name"),
            models.Index(fields=["clinic", "status"], name="patient_by_status"),
            models.Index(fields=["clinic", "admitted_on"], name="patient_by_admission"),
            models.Index(fields=["clinic", "date_of_birth"], name="patient_by_birth"),
            GinIndex(
                OpClass(F("search_text"), name="gin_trgm_ops"), name="patient_search"
            ),
        ]

    @property
    def care_team_now(self) -> str:
        """Who holds which part at this moment, by id: what a change of the team is of."""
        held = self.care_team.filter(until_at=None).order_by("part")
        return ",".join(
            f"{part}:{pk}" for part, pk in held.values_list("part", "staff")
        )

    def get_absolute_url(self) -> str:
        return reverse("reports:chart", args=[self.pk])

    @property
    def open_restriction(self) -> models.Model | None:
        """What closes this chart to all but the care team; None where nothing does."""
        return self.restrictions.filter(lifted_at=None).first()

    @property
    def first_name(self) -> str:
        """How they are spoken to: the name they use, or else the given one."""
        return self.used_name or self.given_name

    def is_named(self, typed: str) -> bool:
        """Whether this is how they sign: by a name of the record."""
        firsts = (self.given_name, self.used_name)
        return is_name_of(typed, first_names=firsts, family_name=self.family_name)

    @property
    def shown_name(self) -> str:
        """The name they use, with the family name."""
        return f"{self.first_name} {self.family_name}".strip()

    @property
    def page_language(self) -> str:
        """Which of the two languages that pages for people have is theirs."""
        is_spanish = self.language.casefold() in ("spanish", "español")
        spoken = PageLanguage.SPANISH if is_spanish else PageLanguage.ENGLISH
        return str(spoken.value)

    def age_on(self, day: date) -> int | None:
        """Completed years; None where the date of birth is not known."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@known_choices(status="statuschange_status_known")
class StatusChange(ClinicRow):
    """One step of a person's way through care, with its reason."""

    class DischargeClass(models.TextChoices):
        """Reference J8. A return to use is never among the reasons."""

        COMPLETED = "completed", "Completed goals"
        TRANSFER = "transfer", "Transferred to another program"
        MOVED = "moved", "Moved away"
        DECLINED = "declined", "Declined further care"
        LOST_CONTACT = "lost_contact", "Lost contact"
        ADMINISTRATIVE = "administrative", "Administrative (violence only)"
        INCARCERATED = "incarcerated", "Incarcerated"
        DECEASED = "deceased", "Deceased"

    append_only = True
    # The way through care of one record is not that of another.
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("status_changes"))
    status = models.CharField(max_length=12, choices=Patient.Status)
    discharge_class = models.CharField(
        max_length=16, choices=DischargeClass, blank=True
    )
    reason = models.CharField(max_length=300, blank=True)
    # Where nobody wrote the day down: when it was recorded, and so the latest it can be.
    changed_at = models.DateTimeField()
    is_day_known = models.BooleanField(default=True)
    changed_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="discharged") ^ Q(discharge_class=""),
                name="statuschange_class_with_discharge",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-changed_at"], name="status_of_patient")
        ]


@known_choices(part="careteam_part_known")
class CareTeamMember(ClinicRow):
    """Someone on the staff who looks after this person, and as what."""

    class Part(models.TextChoices):
        LEAD = "lead", "Lead clinician"
        PRESCRIBER = "prescriber", "Prescriber"
        COUNSELOR = "counselor", "Counselor"
        CARE_MANAGER = "care_manager", "Care manager"
        PEER = "peer", "Peer specialist"
        PSYCHIATRIST = "psychiatrist", "Psychiatrist"
        THERAPIST = "therapist", "Therapist"
        PRIMARY_CARE = "primary_care", "Primary-care clinician"
        OBSTETRIC = "obstetric", "Obstetric clinician"

    patient = models.ForeignKey(Patient, **kept_as("care_team"))
    staff = models.ForeignKey(Staff, **KEPT)
    part = models.CharField(max_length=14, choices=Part)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "part"],
                condition=Q(until_at=None),
                name="careteam_one_of_each_part",
            ),
        ]
        indexes = [models.Index(fields=["staff", "patient"], name="careteam_by_staff")]


@known_choices(kind="contactpoint_kind_known")
class ContactPoint(ClinicRow):
    """A phone number or e-mail address, and what is safe to do with it."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"

    patient = models.ForeignKey(Patient, **kept_as("contact_points"))
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.CharField(max_length=120)
    may_voicemail = models.BooleanField(null=True)
    may_text = models.BooleanField(null=True)
    safe_words = models.CharField(
        max_length=200,
        blank=True,
        help_text="What may be said, to whom, and when.",
    )
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["-is_current", "id"]
        indexes = [
            GinIndex(
                OpClass(Digits("value"), name="gin_trgm_ops"), name="contact_digits"
            )
        ]


class SupportPerson(ClinicRow):
    """A relative, friend or other person in someone's life, helping or not."""

    patient = models.ForeignKey(Patient, **kept_as("supports"))
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    role_in_plan = models.CharField(max_length=200, blank=True)
    may_know = models.CharField(
        max_length=200,
        blank=True,
        help_text="What this person may be told. Nothing, where empty.",
    )
    lives_with = models.BooleanField(null=True)
    can_give_naloxone = models.BooleanField(null=True)
    endangers = models.BooleanField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["-is_current", "id"]
        indexes = [
            GinIndex(
                OpClass(Digits("phone"), name="gin_trgm_ops"), name="support_digits"
            )
        ]
