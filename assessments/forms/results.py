"""Forms of measured results: one typed in, or a file of them."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainText, plain_helper, side_by_side
from assessments.forms.measures import GivenAtField
from assessments.observations.file_days import DayOrder
from assessments.observations.kinds import BY_CODE, MEASURES
from assessments.observations.lab_file import MOST_BYTES
from assessments.observations.numbers import NotAResult
from assessments.observations.reading import LabResult, Sent, read_results


class ObservationForm(forms.Form):
    """One measurement in any of the units it is given in."""

    code = forms.ChoiceField(label="What was measured?")
    value = PlainText(
        label="Result",
        max_length=40,
        help_text="As the laboratory writes it: 4.2, >60, <0.2, 4.5 H, 120/80, negative.",
    )
    unit = PlainText(
        label="Unit",
        max_length=20,
        required=False,
        help_text="As the laboratory writes it. Empty only where it can be no other.",
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    low_limit = PlainText(
        label="Normal from",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    high_limit = PlainText(
        label="to",
        max_length=20,
        required=False,
        help_text="As the laboratory states it, in the same unit. Empty: not stated.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    effective_at = GivenAtField("When was it measured?")
    source = PlainText(
        label="From where?",
        max_length=80,
        required=False,
        help_text="For example the laboratory, or an ECG at the hospital.",
    )
    sure = forms.BooleanField(
        label="It is so: I have checked it", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: object, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.now = now
        self.offer = ""
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)  # noqa: S101 - declared above
        code.choices = _by_group()
        self.helper = plain_helper(
            "code",
            side_by_side("value", "unit"),
            side_by_side("low_limit", "high_limit"),
            "effective_at",
            "source",
            "sure",
        )

    def clean_effective_at(self) -> datetime:
        when: datetime = self.cleaned_data["effective_at"]
        field = self.fields["effective_at"]
        assert isinstance(field, GivenAtField)  # noqa: S101 - declared above
        field.refuse_future(when, now=self.now)
        return when

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if {"code", "value"} <= cleaned.keys():
            self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, object]) -> None:
        try:
            results = read_results(BY_CODE[str(cleaned["code"])], _sent(cleaned))
        except NotAResult as refusal:
            at_field = refusal.field if refusal.field in self.fields else "value"
            self.add_error(at_field, str(refusal))
            self.offer = refusal.offer
            if refusal.may_keep:
                # Asked once, in sight; what was typed stays.
                self.fields["sure"].widget = forms.CheckboxInput()
        else:
            cleaned["results"] = results

    @property
    def results(self) -> tuple[LabResult, ...]:
        found: tuple[LabResult, ...] = self.cleaned_data["results"]
        return found


def _sent(cleaned: Mapping[str, object]) -> Sent:
    return Sent(
        value=str(cleaned["value"]),
        unit=str(cleaned.get("unit") or ""),
        low_limit=str(cleaned.get("low_limit") or ""),
        high_limit=str(cleaned.get("high_limit") or ""),
        is_sure=bool(cleaned.get("sure")),
    )


def _by_group() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for measure in MEASURES:
        named = f"{measure.label}, {measure.unit}" if measure.unit else measure.label
        groups.setdefault(measure.group, []).append((measure.code, named))
    return list(groups.items())


class ResultsFileForm(forms.Form):
    """A file of results."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        help_text="One line a result, at most 2,000 lines and 1 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    day_order = forms.ChoiceField(
        label="Days such as 03/04/2026",
        choices=[
            ("", "As the file shows"),
            (DayOrder.MONTH_FIRST.value, "The month is first: March 4"),
            (DayOrder.DAY_FIRST.value, "The day is first: 3 April"),
        ],
        required=False,
        help_text="Asked only where no day of the file is above 12.",
    )
    helper = plain_helper("file", "day_order")

    def clean_file(self) -> object:
        sent = self.cleaned_data["file"]
        if (sent.size or 0) > MOST_BYTES:
            raise ValidationError("The file is larger than 1 MB. Split it.")
        return sent
