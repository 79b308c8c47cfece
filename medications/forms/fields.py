"""Days, moments, amounts and words as these forms ask for them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import PlainText
from accounts.tenancy import day_here

OLDEST = date(1990, 1, 1)
# How far ahead a start can be planned.
AHEAD = timedelta(days=365)


class DayField(forms.DateField):
    """A day that can be meant: not of another century, not far ahead."""

    def __init__(self, *, label: str, **kwargs: object) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, widget=widget, **kwargs)  # type: ignore[arg-type]

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if (
            value is not None
            and not OLDEST <= value <= day_here(timezone.now()) + AHEAD
        ):
            raise ValidationError("Check the year.")


class MomentField(forms.DateTimeField):
    """A day with its hour, on the clinic's clock."""

    def __init__(self, *, label: str, **kwargs: object) -> None:
        widget = forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
        )
        super().__init__(label=label, widget=widget, **kwargs)  # type: ignore[arg-type]

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and value.year < OLDEST.year:
            raise ValidationError("Check the year.")


class AmountField(forms.DecimalField):
    """Milligrams as they are written by hand, with a point or a comma."""

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        text = str(value or "").strip()
        if text and not re.fullmatch(r"\d+([.,]\d{1,2})?", text):
            raise ValidationError("Write milligrams, such as 80 or 80.5.")
        return super().to_python(text.replace(",", "."))


def amount_field(*, required: bool) -> AmountField:
    return AmountField(
        label="Dose in mg",
        required=required,
        min_value=Decimal("0.01"),
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "mst-w-s"}),
    )


def words_field(label: str, **more: object) -> PlainText:
    """Some lines of text."""
    rows = forms.Textarea(attrs={"rows": 3, **(more.pop("attrs", None) or {})})  # type: ignore[dict-item]
    return PlainText(label=label, max_length=2000, required=False, widget=rows, **more)  # type: ignore[arg-type]
