"""Forms of groups: what one is, who joins, who came, and a session on another day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django import forms

from accounts.forms import PlainText, plain_helper, side_by_side
from accounts.models import Staff
from aftercare.forms.follow_ups import day_field, https_link
from aftercare.models import CareGroup, GroupAttendance
from aftercare.models.repeats import LONGEST_LINK
from knowledge.schedule.groups import SessionDay, group_rules
from knowledge.schedule.open_days import WEEKDAYS

MARKED = [("", "Not known"), *GroupAttendance.Mark.choices]


class GroupForm(forms.Form):
    """What a group is, when, where, and for whom."""

    name = PlainText(max_length=120)
    weekday = forms.TypedChoiceField(
        label="Each", choices=list(enumerate(WEEKDAYS, start=1)), coerce=int
    )
    begins = forms.TimeField(
        label="At", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    place = PlainText(label="Place", max_length=120, required=False)
    link = forms.URLField(
        label="Or link", max_length=LONGEST_LINK, required=False, assume_scheme="https"
    )
    leader = forms.ModelChoiceField(queryset=Staff.objects.none(), label="Leader")
    capacity = forms.IntegerField(label="For how many people", min_value=2)
    languages = PlainText(label="Languages", max_length=120, required=False)
    for_whom = PlainText(label="For whom", max_length=200, required=False)
    is_current = forms.BooleanField(label="It is held", required=False, initial=True)
    helper = plain_helper(
        "name",
        side_by_side("weekday", "begins"),
        side_by_side("place", "link"),
        side_by_side("leader", "capacity"),
        side_by_side("languages", "for_whom"),
        "is_current",
    )

    def __init__(
        self, *args: object, staff: Iterable[Staff], taken: int = 0, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.taken = taken
        self.fields["leader"].queryset = staff  # type: ignore[attr-defined]

    def clean_link(self) -> str:
        return https_link(self.cleaned_data["link"])

    def clean_capacity(self) -> int:
        asked: int = self.cleaned_data["capacity"]
        most = group_rules().number("most_people")
        if asked > most:
            raise forms.ValidationError(f"{most} people at most.")
        if asked < self.taken:
            raise forms.ValidationError(f"{self.taken} are on the roster.")
        return asked

    def clean(self) -> dict[str, object]:
        told = self.cleaned_data
        if not self.errors and not told["place"] and not told["link"]:
            self.add_error("place", "Say where, or give the link.")
        return told


class JoinForm(forms.Form):
    """Which group somebody joins."""

    group = forms.ModelChoiceField(
        queryset=CareGroup.objects.none(), label="Group", empty_label="Choose"
    )
    helper = plain_helper("group")

    def __init__(
        self, *args: object, groups: Iterable[CareGroup], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["group"]
        field.queryset = groups  # type: ignore[attr-defined]
        field.label_from_instance = named  # type: ignore[attr-defined]


def named(group: CareGroup) -> str:
    """`Evening circle, Tuesday 10:00`."""
    return f"{group.name}, {group.get_weekday_display()} {group.begins:%H:%M}"


class LeaveForm(forms.Form):
    why = PlainText(label="Why", max_length=160, required=False)


class AttendanceLine(NamedTuple):
    """One person of the roster, with what is recorded of them."""

    patient_id: int
    name: str
    mark: str


class AttendanceForm(forms.Form):
    """Who came, for everybody on the roster at once."""

    shown_marks = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: object, lines: Sequence[AttendanceLine], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lines = lines
        for line in lines:
            self.fields[name_of(line)] = forms.ChoiceField(
                label=line.name,
                choices=MARKED if not line.mark else MARKED[1:],
                initial=line.mark,
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name_of(line)] for line in self.lines]

    def marks(self) -> dict[int, str]:
        """What was said; of whom nothing was said, nothing is known."""
        told = self.cleaned_data
        return {
            line.patient_id: told[name_of(line)]
            for line in self.lines
            if told[name_of(line)]
        }


def name_of(line: AttendanceLine) -> str:
    return f"of_{line.patient_id}"


class ChangeSessionForm(forms.Form):
    """Another day for one session, or none."""

    to = day_field("Held on", required=False, help_text="Empty: cancelled.")
    why = PlainText(label="Why", max_length=160)
    helper = plain_helper("to", "why")

    def __init__(
        self, *args: object, session: SessionDay, today: date, **kwargs: object
    ) -> None:
        kwargs = {
            "initial": {"to": session.on or max(session.planned_on, today)},
            **kwargs,
        }
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
