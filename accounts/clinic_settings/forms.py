"""Forms of the settings, a panel each, and of single days."""

import re
from collections.abc import Mapping
from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.forms import PlainText, TimeZoneField, plain_helper, side_by_side
from accounts.models import Clinic, PageLanguage
from accounts.permissions import Role
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.open_days import WEEKDAYS, states

# Digits with the marks that people write between them.
PHONE = r"^\+?[0-9][0-9 ().\-]{5,28}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?\Z"
HOURS = re.compile(
    r"(\d{1,2})(?::(\d{2}))?\s*(?:[-\u2010-\u2015]|to)\s*(\d{1,2})(?::(\d{2}))?"
)
# How hours are written, as the page and its errors say it.
HOURS_FORM = "07:00 to 15:00"
# HIPAA keeps its documents for six years; states ask for more.
RECORD_YEARS = (6, 50)


class ClinicPhoneField(forms.RegexField):
    """A telephone number as people write it."""

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(
            PHONE,
            label=label,
            help_text=help_text,
            max_length=30,
            required=False,
            error_messages={
                "invalid": "Write a telephone number, such as 555-010-0400."
            },
        )


class HoursField(forms.CharField):
    """`06:00-17:00`; empty where it is closed."""

    def __init__(self, label: str) -> None:
        attrs = {
            "class": "form-control form-control-sm",
            "placeholder": "closed",
            "autocomplete": "off",
            "aria-describedby": "hours-form",
        }
        super().__init__(
            label=label,
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs=attrs),
        )

    def clean(self, value: object) -> str:
        typed = str(super().clean(value)).strip()
        if not typed:
            return ""
        found = HOURS.fullmatch(typed)
        if found is None:
            raise ValidationError(
                f"Write hours such as {HOURS_FORM}, or leave it empty where it is closed."
            )
        opens, closes = _time(*found.group(1, 2)), _time(*found.group(3, 4))
        if opens >= closes:
            raise ValidationError(
                f"It has to open before it closes. Write hours such as {HOURS_FORM}:"
                " 3 in the afternoon is 15:00."
            )
        return f"{opens:%H:%M}-{closes:%H:%M}"


def _time(hour: str, minute: str | None) -> time:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise ValidationError("Write hours between 00:00 and 23:59.") from None


class PanelForm(forms.Form):
    """One panel of the settings; its fields are columns of the clinic."""

    # Columns that it writes.
    columns: tuple[str, ...] = ()
    title = ""
    lead = ""

    def __init__(self, data: QueryDict | None = None, *, clinic: Clinic) -> None:
        super().__init__(data, initial=self.values_from(clinic))
        self.clinic = clinic

    def values_from(self, clinic: Clinic) -> dict[str, object]:
        """What the fields show of a clinic."""
        return {name: getattr(clinic, name) for name in self.columns}

    def settings(self) -> dict[str, object]:
        """What was typed, by column."""
        return {name: self.cleaned_data[name] for name in self.columns}


class ClinicPanel(PanelForm):
    title = "Clinic"
    lead = "Printed on every paper."
    columns = (
        *("name", "address", "phone", "after_hours_phone", "time_zone"),
        "languages",
    )

    name = PlainText(max_length=120)
    address = PlainText(max_length=200, required=False)
    phone = ClinicPhoneField("Telephone")
    after_hours_phone = ClinicPhoneField(
        "After-hours line", "Answered when the clinic is closed."
    )
    time_zone = TimeZoneField(label="Time zone")
    languages = forms.MultipleChoiceField(
        choices=PageLanguage.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Check-ins and tablets are offered in these.",
        error_messages={"required": "Choose at least one language."},
    )
    helper = plain_helper(
        side_by_side("name", "address"),
        side_by_side("phone", "after_hours_phone", "time_zone"),
        "languages",
    )

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        others = Clinic.objects.exclude(pk=self.clinic.pk)
        if others.filter(name__iexact=typed).exists():
            raise ValidationError("Another clinic has this name.")
        return typed


def _on(weekday: int, kind: str) -> str:
    return f"{kind}_{weekday}"


class DaysPanel(PanelForm):
    title = "Days and hours"
    lead = "What is due on a closed day moves within its window."
    columns = ("opening_hours", "dosing_hours", "keeps_holidays")

    keeps_holidays = forms.BooleanField(
        required=False, label="Closed on federal holidays, and on those of its state"
    )
    helper = plain_helper("keeps_holidays")

    def __init__(self, data: QueryDict | None = None, *, clinic: Clinic) -> None:
        super().__init__(data, clinic=clinic)
        for number, name in enumerate(WEEKDAYS, start=1):
            self.fields[_on(number, "open")] = HoursField(f"{name}, open")
            self.fields[_on(number, "dosing")] = HoursField(f"{name}, dosing")

    def values_from(self, clinic: Clinic) -> dict[str, object]:
        hours = {"open": clinic.opening_hours, "dosing": clinic.dosing_hours}
        shown = {
            f"{kind}_{number}": said
            for kind, week in hours.items()
            for number, said in week.items()
        }
        return super().values_from(clinic) | shown

    @property
    def week(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each weekday with its two fields."""
        return [
            (name, self[_on(number, "open")], self[_on(number, "dosing")])
            for number, name in enumerate(WEEKDAYS, start=1)
        ]

    @property
    def week_in_words(self) -> str:
        """The hours of the clinic as they are kept, weekdays alike in one."""
        return self.clinic.open_words or "No hours yet: every day counts as open."

    @property
    def hours_form(self) -> str:
        """How hours are written."""
        return HOURS_FORM

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        for number in range(1, len(WEEKDAYS) + 1):
            opens = cleaned.get(_on(number, "open"), "")
            doses = cleaned.get(_on(number, "dosing"), "")
            if doses and not _lies_in(str(doses), str(opens)):
                self.add_error(
                    _on(number, "dosing"), "Dosing lies in the hours that it is open."
                )
        return cleaned

    def settings(self) -> dict[str, object]:
        return {
            "opening_hours": self._week_of("open"),
            "dosing_hours": self._week_of("dosing"),
            "keeps_holidays": self.cleaned_data["keeps_holidays"],
        }

    def _week_of(self, kind: str) -> dict[str, str]:
        said = {
            str(n): self.cleaned_data[_on(n, kind)] for n in range(1, len(WEEKDAYS) + 1)
        }
        return {number: hours for number, hours in said.items() if hours}


def _lies_in(inner: str, outer: str) -> bool:
    (opens, _, closes), (begins, _, ends) = outer.partition("-"), inner.partition("-")
    return opens <= begins and ends <= closes


class ProgramPanel(PanelForm):
    title = "Program and state"
    lead = "The admins are reminded 90, 30 and 7 days before one ends."
    columns = (
        *("program_number", "program_until", "accreditor", "accredited_until"),
        *("sponsor", "is_rems_certified", "sublocade_until", "brixadi_until", "state"),
    )

    state = forms.ChoiceField(
        required=False, choices=[("", "Not said"), *states().items()]
    )

    program_number = PlainText(label="Program number", max_length=40, required=False)
    program_until = forms.DateField(
        label="Certified until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    accreditor = forms.ChoiceField(
        required=False, choices=[("", "Not said"), *Clinic.Accreditor.choices]
    )
    accredited_until = forms.DateField(
        label="Accredited until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sponsor = PlainText(label="Program sponsor", max_length=120, required=False)
    is_rems_certified = forms.BooleanField(
        label="Certified for Sublocade and Brixadi (REMS)", required=False
    )
    sublocade_until = forms.DateField(
        label="Sublocade REMS until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    brixadi_until = forms.DateField(
        label="Brixadi REMS until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    helper = plain_helper(
        side_by_side("state", "program_number", "program_until"),
        side_by_side("sponsor", "accreditor", "accredited_until"),
        "is_rems_certified",
        side_by_side("sublocade_until", "brixadi_until"),
    )


def _minutes(number: str, label: str) -> forms.IntegerField:
    """Minutes of an alert's climb, within what is permitted."""
    permitted = alert_rules().numbers[number].permitted
    low, high = (permitted.low, permitted.high) if permitted else (None, None)
    return forms.IntegerField(
        label=label,
        min_value=None if low is None else int(low),
        max_value=None if high is None else int(high),
    )


class DutyPanel(PanelForm):
    title = "Duty"
    lead = "Who is told where nobody else is: alerts, and parts that are vacant."
    columns = ("duty_role", "acknowledge_minutes", "escalate_minutes")

    duty_role = forms.ChoiceField(
        label="Duty role",
        required=False,
        choices=[
            ("", "Nobody yet"),
            *((value, label) for value, label in Role.choices if value != Role.ADMIN),
        ],
    )
    acknowledge_minutes = _minutes(
        "alert_acknowledge_minutes", "Acknowledge within, minutes"
    )
    escalate_minutes = _minutes(
        "alert_escalate_minutes", "Then the next, after minutes"
    )
    helper = plain_helper(
        side_by_side("duty_role", "acknowledge_minutes", "escalate_minutes")
    )


class KeepingPanel(PanelForm):
    title = "Keeping records"
    lead = "Nothing is deleted by itself. Records past this are named to the admins."
    columns = ("record_years",)

    record_years = forms.IntegerField(
        label="Years after somebody left",
        min_value=RECORD_YEARS[0],
        max_value=RECORD_YEARS[1],
    )
    helper = plain_helper("record_years")


PANELS: Mapping[str, type[PanelForm]] = {
    "duty": DutyPanel,
    "days": DaysPanel,
    "program": ProgramPanel,
    "clinic": ClinicPanel,
    "keeping": KeepingPanel,
}


class DayForm(forms.Form):
    """One day that differs from the week."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    name = PlainText(label="Why", max_length=60)
    is_open = forms.BooleanField(required=False, label="Open, though usually closed")
    helper = plain_helper(side_by_side("day", "name"), "is_open")

    def __init__(self, data: QueryDict | None = None, *, first: date) -> None:
        super().__init__(data)
        self.fields["day"].widget.attrs["min"] = first.isoformat()


class KindForm(forms.Form):
    """A proposed change of the clinic's kind; the kind itself stands on the page."""

    why = PlainText(label="Why", max_length=200)
    helper = plain_helper("why")
