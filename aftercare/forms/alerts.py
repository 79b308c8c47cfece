from django import forms

from accounts.forms import PlainText, plain_helper


class AlertAnswerForm(forms.Form):
    """What was done about answers that were typed and not sent."""

    words = PlainText(
        label="What was found and done",
        max_length=500,
        error_messages={"required": "Say in a sentence what was found and done."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who spoke with them, what they said, what was agreed.",
    )
    helper = plain_helper("words")
