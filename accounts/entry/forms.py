"""Forms of second factors, and of who has to have one."""

from django import forms

from accounts.forms import PlainText, plain_helper
from accounts.permissions import Role


class CodeAppForm(forms.Form):
    """The digits that an app shows once it has read the picture."""

    code = forms.CharField(
        label="Six digits from your app",
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "fs-4",
            }
        ),
    )
    helper = plain_helper("code")


class PasskeyForm(forms.Form):
    name = PlainText(
        label="Name", max_length=60, required=False, help_text="Such as: blue key"
    )
    made = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    helper = plain_helper("name")


class FactorPolicyForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label="Asked of",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grace_until = forms.DateField(
        label="From this day on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="At most 90 days ahead. From then on nothing opens without.",
    )
    helper = plain_helper("roles", "grace_until")

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        if said.get("roles") and not said.get("grace_until"):
            self.add_error("grace_until", "Say from which day on.")
        return said
