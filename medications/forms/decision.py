"""Trying other answers, and recording what was chosen together."""

from collections.abc import Iterable, Sequence

from django import forms

from accounts.forms import PlainText, plain_helper
from assessments.facts import FACTS, Fact, Kind
from assessments.picture import BadPicture, Picture
from medications.forms.fields import words_field
from medications.models import Medication, MedicationDecision
from medications.options.model import Finding
from medications.wording import dated, value_words

TOOK_PART = (
    ("person", "The person"),
    ("prescriber", "Prescriber"),
    ("counselor", "Counselor"),
    ("care_manager", "Care manager"),
    ("peer", "Peer"),
    ("family", "Family or friend"),
    ("interpreter", "Interpreter"),
)
UNKNOWN, AS_IN_CHART = "unknown", ""


class DecideForm(forms.Form):
    """The talk in which a medication was chosen."""

    preference = forms.ChoiceField(
        label="What the person wishes for",
        required=False,
        choices=[
            ("", "No wish stated"),
            *Medication.choices,
            *MedicationDecision.Choice.choices,
        ],
    )
    preference_words = words_field(
        "In their own words",
        attrs={"class": "mst-voice-field"},
        help_text="As said, not paraphrased.",
    )
    took_part = forms.MultipleChoiceField(
        label="Who took part",
        choices=TOOK_PART,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say who took part."},
    )
    first_dose = PlainText(
        label="First dose",
        max_length=120,
        required=False,
        help_text="Product, amount and when, for example: film 2 mg, today 14:00.",
    )
    acknowledged = forms.MultipleChoiceField(
        label="Cautions read", required=False, widget=forms.CheckboxSelectMultiple
    )
    justification = words_field(
        "Why it is chosen all the same",
        help_text="The rules advise against it, or lack an answer. Your grounds are kept with it.",
    )
    reason_code = forms.ChoiceField(
        label="Why this one",
        required=False,
        choices=[("", "Choose a reason"), *MedicationDecision.Reason.choices],
        help_text="Needed where it is not the wish, or not the first of the ranking.",
    )
    reason_words = words_field("The reason in words")
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: object,
        cautions: Sequence[Finding],
        with_grounds: bool,
        with_dose: bool,
        with_reason: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._keep("first_dose", with_dose)
        self._keep("justification", with_grounds)
        self._keep("acknowledged", bool(cautions))
        for name, needed in (
            ("justification", with_grounds),
            ("reason_code", with_reason),
            ("reason_words", with_reason),
        ):
            if needed:
                self.fields[name].required = True
        if cautions:
            field = self.fields["acknowledged"]
            field.choices = [  # type: ignore[attr-defined]
                (c.rule, f"{c.because} {c.then} ({c.rule})") for c in cautions
            ]
        self.helper = plain_helper(*self.fields)

    def _keep(self, name: str, wanted: bool) -> None:  # noqa: FBT001 - a private word
        if not wanted:
            del self.fields[name]


class WhatIfForm(forms.Form):
    """Other answers to try; what is left alone stays as in the chart."""

    PREFIX = "if_"

    def __init__(
        self, *args: object, facts: Iterable[str], picture: Picture, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.picture = picture
        for name in facts:
            field = _try_field(FACTS[name])
            field.help_text = _in_chart(name, picture)
            self.fields[self.PREFIX + name] = field

    def given(self) -> dict[str, str]:
        """The answers that are to be other than in the chart."""
        return {
            name.removeprefix(self.PREFIX): value
            for name, value in self.cleaned_data.items()
            if value
        }

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        self.changed: Picture | None = None
        given = self.given()
        if given and not self.errors:
            try:
                self.changed = self.picture.changed(given)
            except BadPicture as refusal:
                for fault in refusal.errors:
                    self.add_error(self.PREFIX + fault.fact, fault.message.capitalize())
        return values


def _try_field(fact: Fact) -> forms.Field:
    if fact.kind in (Kind.BOOL, Kind.CHOICE):
        words = fact.choices or ("yes", "no")
        named = [(word, word.replace("_", " ").capitalize()) for word in words]
        return forms.ChoiceField(
            label=fact.label,
            required=False,
            choices=[(AS_IN_CHART, "As in the chart"), (UNKNOWN, "Not known"), *named],
        )
    field = PlainText(label=fact.label, required=False, max_length=20)
    field.unit = fact.unit  # type: ignore[attr-defined]
    return field


def _in_chart(name: str, picture: Picture) -> str:
    known = picture.known(name)
    if known is None:
        return "chart: not known"
    return f"chart: {value_words(name, known.value)}, {dated(known, picture.as_of)}"


class RuleFilterForm(forms.Form):
    """Filters of the rules; nothing chosen shows all of them."""

    q = forms.CharField(required=False, max_length=100)
    medication = forms.CharField(required=False, max_length=12)
    check = forms.CharField(required=False, max_length=20)
