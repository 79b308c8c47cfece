"""Forms of measured results: one typed in, or a file of them."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainText, plain_helper, side_by_side
from assessments.forms.measures import GivenAtField
from assessments.observations.kinds import BY_CODE, MEASURES
from assessments.observations.lab_file import MOST_BYTES
from assessments.observations.reading import LabResult, NotAResult, Sent, read_result


class ObservationForm(forms.Form):
    """One measurement in any of the units it is given in."""

    code = forms.ChoiceField(label="What was measured?")
    value = PlainText(label="Result", max_length=40)
    unit = PlainText(
        label="Unit",
        max_length=20,
        required=False,
        help_text="Empty: the unit named above.",
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
            result = read_result(BY_CODE[str(cleaned["code"])], _sent(cleaned))
        except NotAResult as refusal:
            self.add_error("value", str(refusal))
            self.offer = refusal.offer
            if refusal.may_keep:
                # Asked once, in sight; what was typed stays.
                self.fields["sure"].widget = forms.CheckboxInput()
        else:
            cleaned["result"] = result

    @property
    def result(self) -> LabResult:
        found: LabResult = self.cleaned_data["result"]
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
    helper = plain_helper("file")

    def clean_file(self) -> object:
        sent = self.cleaned_data["file"]
        if (sent.size or 0) > MOST_BYTES:
            raise ValidationError("The file is larger than 1 MB. Split it.")
        return sent
