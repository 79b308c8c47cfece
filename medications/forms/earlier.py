"""Form for the earlier day to look at."""

from datetime import date

from django import forms

from accounts.forms import plain_helper


class EarlierForm(forms.Form):
    """A day from the person's first day here to today."""

    on = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-11-20."},
    )

    def __init__(
        self, *args: object, first: date, last: date, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._first, self._last = first, last
        self.helper = plain_helper("on")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self._first <= on <= self._last:
            raise forms.ValidationError(
                f"Choose a day from {self._first:%-d %b %Y} to {self._last:%-d %b %Y}."
            )
        return on
