"""Form of coming back: one press; what the call came after, where it is known."""

from django import forms

from accounts.forms import plain_helper
from patients.models import Episode


class ComingBackForm(forms.Form):
    called_after = forms.ChoiceField(
        label="After",
        required=False,
        choices=[("", "Not known, or nothing of these"), *Episode.CalledAfter.choices],
    )
    helper = plain_helper("called_after")
