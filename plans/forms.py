from django import forms
from django.http import QueryDict

from accounts.forms import PlainText, plain_helper, side_by_side
from patients.actions.registry import why_not_signed
from patients.models import Patient
from plans.models import Intervention, Plan, PlanDomain


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class GoalForm(forms.Form):
    own_words = PlainText(
        label="In the person's own words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mst-voice-field"}),
        help_text="As they said it. Kept unchanged.",
    )
    wording = PlainText(label="Goal, in clinical words", max_length=300, widget=area(2))
    measure = PlainText(
        max_length=120, required=False, help_text="How everyone will see it."
    )
    baseline = PlainText(label="Now", max_length=60, required=False)
    target = PlainText(max_length=60, required=False)
    due_on = day_field("By")
    helper = plain_helper(
        "own_words",
        "wording",
        "measure",
        side_by_side("baseline", "target", "due_on"),
    )


class InterventionForm(forms.Form):
    title = PlainText(label="What", max_length=600, widget=area(2))
    dose = PlainText(label="How much, how often", max_length=300, required=False)
    who = PlainText(max_length=120, required=False)
    why = PlainText(
        label="Why for this person", max_length=2000, required=False, widget=area(3)
    )
    starts_on = day_field("From")
    stop_rule = PlainText(label="Stops when", max_length=200, required=False)
    helper = plain_helper("title", "dose", "who", "why", "starts_on", "stop_rule")


class AddInterventionForm(InterventionForm):
    kind = forms.ChoiceField(
        choices=[
            choice
            for choice in Intervention.Kind.choices
            if choice[0] != Intervention.Kind.MEDICATION
        ],
        initial=Intervention.Kind.MODALITY,
    )
    helper = plain_helper(
        "kind", "title", "dose", "who", "why", "starts_on", "stop_rule"
    )


class NeedForm(forms.Form):
    domain = forms.ChoiceField(choices=PlanDomain, widget=forms.RadioSelect)
    title = PlainText(label="What the plan has to answer", max_length=200)
    helper = plain_helper("domain", "title")


class ReasonForm(forms.Form):
    """Why something is declined, set aside or closed."""

    reason = PlainText(
        label="Why",
        max_length=300,
        error_messages={"required": "Say why, in a few words."},
    )
    helper = plain_helper("reason")


class ReviewForm(forms.Form):
    """What the person says of it, and why it still fits what has moved."""

    own_words = PlainText(
        label="Would you change anything? In their words",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    why = PlainText(
        label="Why the plan still fits",
        max_length=300,
        required=False,
        help_text="Needed where something moved.",
    )
    helper = plain_helper("own_words", "why")


class LevelOfCareForm(forms.Form):
    level = forms.ChoiceField(choices=Plan.LevelOfCare)


class SignForm(forms.Form):
    patient_name = PlainText(
        label="Signed by the person, as they write their name",
        max_length=170,
        required=False,
        help_text="Leave empty if they sign later or on paper.",
        error_messages={"required": "Write the name as the person signs it."},
    )
    signed_for = PlainText(
        label="By what right, where somebody signs for them",
        max_length=160,
        required=False,
        help_text="Parent, guardian, court order. Their name goes above.",
    )
    helper = plain_helper("patient_name", "signed_for")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        patient: Patient,
        is_required: bool = False,
    ) -> None:
        super().__init__(data)
        self.patient = patient
        self.fields["patient_name"].required = is_required

    def clean(self) -> dict[str, object]:
        """A name that is not theirs, said at the field before anything is signed."""
        values: dict[str, object] = super().clean() or {}
        name, right = (str(values.get(n) or "") for n in ("patient_name", "signed_for"))
        if right and not name:
            self.add_error("patient_name", "Write the name of whoever signs.")
        elif name and (why := why_not_signed(self.patient, name, signed_for=right)):
            self.add_error("patient_name", why)
        return values
