import re
from datetime import date
from typing import cast

import phonenumbers
from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.forms import PlainText, plain_helper, side_by_side
from accounts.models import Staff
from patients import telephones
from patients.birth_dates import SHORT_YEAR, born_on_in
from patients.models import Allergy, CareHold, CareTeamMember, Episode, Patient

YES_NO_UNKNOWN = [("", "Not asked"), ("yes", "Yes"), ("no", "No")]
OLDEST = 120
NAMES_AS_TYPED = {"list": "names", "autocomplete": "off"}


def three_state(label: str, help_text: str = "") -> forms.TypedChoiceField:
    """Yes, no, or not asked yet (None)."""
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        choices=YES_NO_UNKNOWN,
        coerce=lambda text: text == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )


class BirthDateField(forms.DateField):
    """A day on which somebody now alive can have been born."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            label="Date of birth",
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}
            ),
            **kwargs,  # type: ignore[arg-type]
        )

    def to_python(self, value: object) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return cast("date | None", value or None)
        text = str(value)
        if born := born_on_in(text):
            return born
        if SHORT_YEAR.match(text):
            raise ValidationError("Write the year with four digits: 02/03/2004.")
        raise ValidationError("Enter a valid date: month, day and year, 3/14/1992.")

    def bounded(self, value: date, *, today: date) -> None:
        if value > today:
            raise ValidationError("This day has not come yet.")
        if value.year < today.year - OLDEST:
            raise ValidationError(f"More than {OLDEST} years ago. Check the year.")


class PhoneField(PlainText):
    """A phone number as people say it; kept as people read it, with its country."""

    def clean(self, value: object) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        number = telephones.read(text)
        if number is None:
            raise ValidationError(
                "Write a phone number with area code, for example 555-010-0142; from"
                " abroad with + and the country code."
            )
        if not phonenumbers.is_possible_number(number):
            raise ValidationError("This number is too short or too long.")
        return telephones.written(number)


def family_name() -> PlainText:
    return PlainText(
        label="Family name",
        max_length=80,
        required=False,
        help_text="Leave empty where a person has one name.",
    )


class _AboutAPerson(forms.Form):
    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        today: date,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.today = today

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born is not None:
            BirthDateField().bounded(born, today=self.today)
        return born


class RegisterForm(_AboutAPerson):
    """Eight fields that are enough to begin; the rest can wait."""

    given_name = PlainText(label="Given name", max_length=80)
    family_name = family_name()
    used_name = PlainText(
        label="Name they use",
        max_length=80,
        required=False,
        help_text="Shown everywhere in place of the given name.",
    )
    date_of_birth = BirthDateField()
    sex_at_birth = forms.ChoiceField(
        label="Sex recorded at birth",
        choices=Patient.Sex,
        widget=forms.RadioSelect,
        help_text="Decides whether pregnancy is asked about.",
    )
    phone = PhoneField(
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    language = PlainText(max_length=40, initial="English")
    referral_reason = PlainText(
        label="Who sent them, and why",
        max_length=300,
        help_text="For example: emergency visit after an overdose, 19 Nov.",
    )
    called_after = forms.ChoiceField(
        label="Called after",
        required=False,
        choices=[("", "Not known, or none of these"), *Episode.CalledAfter.choices],
        help_text="Overdose and pregnancy come first in the queue.",
    )
    helper = plain_helper(
        side_by_side("given_name", "family_name"),
        side_by_side("used_name", "date_of_birth"),
        "sex_at_birth",
        side_by_side("phone", "language"),
        "referral_reason",
        "called_after",
    )


class DetailsForm(_AboutAPerson):
    """Everything that is known of a person, beside the lists."""

    given_name = PlainText(label="Given name", max_length=80)
    family_name = family_name()
    used_name = PlainText(label="Name they use", max_length=80, required=False)
    pronouns = PlainText(max_length=30, required=False)
    date_of_birth = BirthDateField(required=False)
    sex_at_birth = forms.ChoiceField(
        label="Sex recorded at birth", choices=Patient.Sex, widget=forms.RadioSelect
    )
    gender = PlainText(max_length=40, required=False)
    language = PlainText(max_length=40)
    needs_interpreter = three_state("Needs an interpreter")
    address = PlainText(max_length=200, required=False)
    is_unhoused = three_state("Without a home now")
    payer = PlainText(label="Who pays", max_length=60, required=False)
    referred_by = PlainText(label="Referred by", max_length=120, required=False)
    referral_reason = PlainText(label="Why", max_length=300, required=False)
    helper = plain_helper(
        side_by_side("given_name", "family_name"),
        side_by_side("used_name", "pronouns"),
        side_by_side("date_of_birth", "gender"),
        "sex_at_birth",
        "language",
        "needs_interpreter",
        "address",
        "is_unhoused",
        "payer",
        side_by_side("referred_by", "referral_reason"),
    )


# Between these a person is moved by hand; all else is an act with a page of its own.
PLAIN = (
    Patient.Status.REFERRED,
    Patient.Status.IN_INTAKE,
    Patient.Status.ACTIVE,
    Patient.Status.AFTERCARE,
)
ELSEWHERE = {
    Patient.Status.ON_HOLD: "Care is on hold: take it up again first.",
    Patient.Status.DISCHARGED: "This person has left: they come back on a page of its own.",
    Patient.Status.DECEASED: "A death is put right by two people, on its page.",
}


class StatusForm(forms.Form):
    """Where somebody in care stands; nobody leaves or dies by it."""

    status = forms.ChoiceField(choices=[(one.value, one.label) for one in PLAIN])
    reason = PlainText(max_length=300, required=False)
    helper = plain_helper("status", "reason")

    def __init__(self, data: QueryDict | None = None, *, patient: Patient) -> None:
        super().__init__(data, initial={"status": patient.status})
        self.patient = patient

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        if words := ELSEWHERE.get(Patient.Status(self.patient.status)):
            self.add_error(None, words)
        return values


def _day(label: str, **more: object) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **more,  # type: ignore[arg-type]
    )


class HoldForm(forms.Form):
    """Where somebody is while care waits."""

    kind = forms.ChoiceField(
        label="Where", choices=CareHold.Kind, widget=forms.RadioSelect
    )
    place = PlainText(label="Place", max_length=120, required=False)
    began_on = _day("Since")
    expected_until = _day("Expected until", required=False)
    words = PlainText(label="Note", max_length=300, required=False)
    helper = plain_helper(
        "kind", "place", side_by_side("began_on", "expected_until"), "words"
    )


class EndHoldForm(forms.Form):
    """When they came back from it."""

    ended_on = _day("Back since")
    helper = plain_helper("ended_on")


class CareTeamForm(forms.Form):
    part = forms.ChoiceField(label="As", choices=CareTeamMember.Part)
    staff = forms.ModelChoiceField(
        label="Who", queryset=Staff.objects.none(), empty_label="Choose"
    )
    helper = plain_helper("part", "staff")


def _chosen_as_typed(name: str, url: str, place: str) -> Field:
    """A field beside which choices appear as somebody types; free text stays allowed."""
    return Field(
        name,
        hx_get=url,
        hx_target=f"#{place}",
        hx_trigger="input changed delay:200ms",
    )


class AllergyForm(forms.Form):
    kind = forms.ChoiceField(label="To", choices=Allergy.Kind)
    substance = PlainText(
        label="Name of the substance",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=NAMES_AS_TYPED),
        help_text="Needed for “Other”. Choose from the list, or write it as it was said.",
    )
    reaction = PlainText(label="What happens", max_length=120, required=False)
    helper = plain_helper(
        "kind",
        _chosen_as_typed("substance", "/people/names/allergy/", "names"),
        "reaction",
    )

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        kind = values.get("kind")
        if kind and not values.get("substance"):
            if kind == Allergy.Kind.OTHER:
                self.add_error("substance", "Name the substance.")
            else:
                values["substance"] = str(Allergy.Kind(str(kind)).label)
        return values


class ConditionForm(forms.Form):
    code = PlainText(
        label="Condition",
        max_length=400,
        widget=forms.TextInput(attrs={"list": "icd10", "autocomplete": "off"}),
        help_text="Type words or an ICD-10-CM code, then choose from the list.",
    )
    since = PlainText(max_length=40, required=False)
    helper = plain_helper(
        _chosen_as_typed("code", "/people/conditions/", "icd10"), "since"
    )

    def clean_code(self) -> str:
        """The code alone, whether it was typed or chosen with its title."""
        code = str(self.cleaned_data["code"]).split(" ")[0].upper()
        if not re.fullmatch(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?", code):
            raise ValidationError("Choose a condition from the list.")
        return code


class MedicineForm(forms.Form):
    ingredient = PlainText(
        label="Medicine",
        max_length=120,
        widget=forms.TextInput(attrs=NAMES_AS_TYPED),
        help_text=(
            "Brand or ingredient: choose from the list, or write it as it was said, with "
            "“from the street” where it is."
        ),
    )
    dose = PlainText(max_length=80, required=False)
    helper = plain_helper(
        _chosen_as_typed("ingredient", "/people/names/medicine/", "names"), "dose"
    )


class SupportForm(forms.Form):
    name = PlainText(max_length=120)
    relation = PlainText(
        max_length=60, help_text="Sister, friend, sponsor, caseworker."
    )
    phone = PhoneField(max_length=40, required=False)
    role_in_plan = PlainText(
        label="What they do in the plan", max_length=200, required=False
    )
    may_know = PlainText(
        label="What they may be told",
        max_length=200,
        required=False,
        help_text="Empty: nothing. Telling more needs a consent.",
    )
    lives_with = three_state("Lives with this person")
    can_give_naloxone = three_state("Could give naloxone")
    endangers = three_state("Endangers this person")
    helper = plain_helper(
        "name",
        "relation",
        "phone",
        "role_in_plan",
        "may_know",
        "lives_with",
        "can_give_naloxone",
        "endangers",
    )


class ContactForm(forms.Form):
    kind = forms.ChoiceField(choices=[("phone", "Phone"), ("email", "E-mail")])
    value = PlainText(label="Number or address", max_length=120)
    may_voicemail = three_state("Voicemail is safe")
    may_text = three_state("Text or e-mail is safe")
    safe_words = PlainText(
        label="What may be said, and to whom",
        max_length=200,
        required=False,
        help_text="For example: say “the clinic”, nothing else.",
    )
    helper = plain_helper("kind", "value", "may_voicemail", "may_text", "safe_words")

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        field = PhoneField() if values.get("kind") == "phone" else forms.EmailField()
        if values.get("value"):
            try:
                values["value"] = field.clean(values["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return values


LIST_FORMS: dict[str, type[forms.Form]] = {
    "allergy": AllergyForm,
    "condition": ConditionForm,
    "medicine": MedicineForm,
    "support": SupportForm,
    "contact": ContactForm,
}
