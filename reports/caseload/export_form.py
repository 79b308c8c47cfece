"""Form that asks why the list of everybody leaves the page as a file."""

from django import forms

from accounts.forms import PlainText, plain_helper

PURPOSES = [
    ("work", "Work with the list"),
    ("outage", "Paper in case of an outage"),
    ("quality", "Look at our own quality"),
]


class ExportForm(forms.Form):
    """For our own work alone: what goes to others passes the gate, person by person."""

    purpose = forms.ChoiceField(
        label="What for?", choices=PURPOSES, widget=forms.RadioSelect
    )
    why = PlainText(label="Reason, kept with it", max_length=200)
    helper = plain_helper("purpose", "why")
