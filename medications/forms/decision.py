"""Trying other answers, and recording what was chosen together."""

from collections.abc import Iterable, Sequence

from django import forms

from accounts.forms import PlainText, plain_helper
from assessments.facts import FACTS, Fact, FactKind
from assessments.picture import BadPicture, Picture
from medications.decision_page.fact_lines import dated, value_words
from medications.forms.fields import words_field
from medications.models import MedicationDecision
from medications.models.medicines import decision_choices
from medications.options.model import Finding

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
EXAMPLES = {
    FactKind.DATETIME: "such as 2026-11-20 22:30, or never",
    FactKind.DATE: "such as 2026-11-20, or never",
    FactKind.INGREDIENTS: "ingredients, with commas between them; or none",
}
# The SURE questions, in our own words; the fourth letter is for encouragement.
SURE = (
    ("sure", "Feels sure about the best choice for themselves"),
    ("know", "Knows the good and the bad of each option"),
    ("matters", "Is clear on what matters most to them"),
    ("support", "Has enough support and advice to choose"),
)
YES, NO = "yes", "no"


class DecideForm(forms.Form):
    """The talk in which a medication was chosen."""

    preference = forms.ChoiceField(
        label="What the person wishes for",
        required=False,
        choices=[
            ("", "No wish stated"),
            *decision_choices(),
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
    interpreter = PlainText(
        label="Interpreter",
        max_length=80,
        required=False,
        help_text="Language, and who or which service. Empty where there was none.",
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
        for key, label in SURE:
            self.fields[f"sure_{key}"] = _sure_field(label)
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

    def sure(self) -> dict[str, bool | None]:
        """The four answers; None where a question was not asked."""
        said = {YES: True, NO: False}
        return {key: said.get(self.cleaned_data[f"sure_{key}"]) for key, _ in SURE}

    def _keep(self, name: str, wanted: bool) -> None:  # noqa: FBT001 - a private word
        if not wanted:
            del self.fields[name]


def _sure_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", "Not asked"), (YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
    )


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
    if fact.kind in (FactKind.BOOL, FactKind.CHOICE, FactKind.SET):
        words = fact.choices or ("yes", "no")
        none = [("none", "None")] if fact.kind is FactKind.SET else []
        named = [(word, word.replace("_", " ").capitalize()) for word in words]
        kept = [(AS_IN_CHART, "As in the chart"), (UNKNOWN, "Not known")]
        return forms.ChoiceField(
            label=fact.label, required=False, choices=[*kept, *none, *named]
        )
    is_number = fact.kind in (FactKind.INT, FactKind.DECIMAL)
    field = PlainText(
        label=fact.label, required=False, max_length=20 if is_number else 200
    )
    field.unit = fact.unit  # type: ignore[attr-defined]
    field.example = EXAMPLES.get(fact.kind, "")  # type: ignore[attr-defined]
    return field


def _in_chart(name: str, picture: Picture) -> str:
    known = picture.known(name)
    if known is None:
        return "chart: not known"
    return f"chart: {value_words(name, known.value)}, {dated(known, picture.as_of)}"
