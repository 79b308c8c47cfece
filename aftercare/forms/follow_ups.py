from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainText, plain_helper, side_by_side
from accounts.models import Staff
from aftercare.actions.follow_ups import (
    FARTHEST,
    TOO_FAR,
    FollowUpWindow,
    WindowOutOfOrder,
)
from aftercare.actions.repeats import RepeatTold
from aftercare.models import FollowUp, OutreachAttempt
from aftercare.models.follow_ups import FollowUpQuerySet
from aftercare.models.repeats import LONGEST_LINK
from knowledge.schedule.kinds import kinds_closed_by_their_act
from knowledge.schedule.repeats import repeat_rules

# What staff add by hand, each with the words of its row.
KINDS = {
    "visit": "Visit",
    "call": "Call",
    "injection": "Give an injection",
    "plan_review": "Plan review",
    "group": "Group",
    "measures": "Measures",
    "drug_test": "Drug test",
    "lab": "Blood or other tests",
    "naloxone_handover": "Hand over a naloxone kit",
    "referral": "Ask about a referral",
    "other": "Something else",
}
# Held by video, with its link: of one person alone.
TELEHEALTH = "telehealth"
MOST_WEEKS = repeat_rules().number("most_weeks")
MOST_TIMES = repeat_rules().number("most_times")


def day_field(label: str, **more: object) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **more,  # type: ignore[arg-type]
    )


def check_day(day: date, *, today: date) -> date:
    """A day from today on, within two years."""
    if day < today:
        raise ValidationError("This day is over. Choose today or later.")
    if day > today + FARTHEST:
        raise ValidationError(TOO_FAR)
    return day


def https_link(link: str) -> str:
    """Nothing but https, and no name or password within."""
    parts = urlsplit(link)
    if link and (parts.scheme != "https" or "@" in parts.netloc):
        raise ValidationError("A link that begins with https, without a password.")
    return link


class FollowUpForm(forms.Form):
    """One more thing that is owed."""

    kind = forms.ChoiceField(label="What")
    title = PlainText(
        label="In words",
        max_length=160,
        required=False,
        help_text="Shown on the caseload. Empty: as above.",
    )
    due_on = day_field("Due")
    earliest_on = day_field("From", required=False, help_text="Empty: that day.")
    latest_on = day_field("Until", required=False, help_text="Empty: that day.")
    who = forms.ChoiceField(label="Who")
    reason = PlainText(
        label="Why",
        max_length=300,
        required=False,
        help_text="Shown on the caseload row.",
    )
    helper = plain_helper(
        "kind",
        "title",
        "due_on",
        side_by_side("earliest_on", "latest_on"),
        "who",
        "reason",
    )
    names = KINDS

    def __init__(
        self, *args: object, today: date, staff: Iterable[Staff], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today
        self.people = {str(person.pk): person for person in staff}
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        kind.choices = list(self.names.items())
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        who.choices = choices_of_who(self.people)

    def clean_due_on(self) -> date:
        return check_day(self.cleaned_data["due_on"], today=self.today)

    def clean_latest_on(self) -> date | None:
        day: date | None = self.cleaned_data["latest_on"]
        return day and check_day(day, today=self.today)

    def clean(self) -> dict[str, object]:
        told = self.cleaned_data
        due = told.get("due_on")
        if due is not None and not self.errors:
            try:
                told["window"] = FollowUpWindow(
                    told["earliest_on"] or due, due, told["latest_on"] or due
                )
            except WindowOutOfOrder as refusal:
                self.add_error("due_on", str(refusal))
        return told

    def values(self) -> dict[str, object]:
        """What the action is told."""
        told = self.cleaned_data
        person = self.people.get(told["who"])
        return {
            "kind": told["kind"],
            "title": told["title"] or self.names[told["kind"]],
            "window": told["window"],
            "assigned_role": FollowUp.AssignedRole.CARE_MANAGER
            if person
            else told["who"],
            "assigned_to": person,
            "reason": told["reason"],
        }


class FollowUpOfPersonForm(FollowUpForm):
    """The same for one person: by video with its link, and repeated where asked."""

    link = forms.URLField(
        label="Link to the video visit",
        max_length=LONGEST_LINK,
        required=False,
        assume_scheme="https",
        help_text="Begins with https. Stands in no message and in no file.",
    )
    every_weeks = forms.IntegerField(
        label="Again every … weeks",
        required=False,
        min_value=1,
        max_value=MOST_WEEKS,
        help_text="Empty: once.",
    )
    times = forms.IntegerField(
        label="How often", required=False, min_value=2, max_value=MOST_TIMES
    )
    until_on = day_field("Or until", required=False)
    helper = plain_helper(
        "kind",
        "title",
        "link",
        "due_on",
        side_by_side("earliest_on", "latest_on"),
        "every_weeks",
        side_by_side("times", "until_on"),
        "who",
        "reason",
    )
    names = KINDS | {TELEHEALTH: "Video visit"}

    def clean_link(self) -> str:
        return https_link(self.cleaned_data["link"])

    def clean(self) -> dict[str, object]:
        told = super().clean()
        is_video = told.get("kind") == TELEHEALTH
        if is_video and not told.get("link") and "link" not in self.errors:
            self.add_error("link", "A video visit needs its link.")
        if not is_video and told.get("link"):
            self.add_error("link", "Only a video visit has a link.")
        wants_end = told.get("times") or told.get("until_on")
        if wants_end and not told.get("every_weeks"):
            self.add_error("every_weeks", "Say how many weeks lie between.")
        return told

    @property
    def is_repeated(self) -> bool:
        return bool(self.cleaned_data.get("every_weeks"))

    def values(self) -> dict[str, object]:
        return {**super().values(), "link": self.cleaned_data["link"]}

    def repeat(self) -> RepeatTold:
        told = self.cleaned_data
        return RepeatTold(
            weeks=told["every_weeks"],
            times=told["times"],
            until_on=told["until_on"],
            **self.values(),  # type: ignore[arg-type]
        )


class WhoForm(forms.Form):
    """Who does it: a part in the care team, or one of the staff by name."""

    who = forms.ChoiceField(label="Who")
    helper = plain_helper("who")

    def __init__(self, *args: object, staff: Iterable[Staff], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.people = {str(person.pk): person for person in staff}
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        who.choices = choices_of_who(self.people)

    def values(self, follow_up: FollowUp) -> dict[str, object]:
        """What the action is told; by name, the part stays as it was."""
        person = self.people.get(self.cleaned_data["who"])
        role = follow_up.assigned_role if person else self.cleaned_data["who"]
        return {"assigned_role": role, "assigned_to": person}


def choices_of_who(people: Mapping[str, Staff]) -> list[tuple[str, list[object]]]:
    """Parts of the care team, and the staff by name."""
    return [
        ("By part in the care team", list(FollowUp.AssignedRole.choices)),
        ("By name", [(pk, str(one)) for pk, one in people.items()]),
    ]


class MoveForm(forms.Form):
    due_on = day_field("New day")
    helper = plain_helper("due_on")

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_due_on(self) -> date:
        return check_day(self.cleaned_data["due_on"], today=self.today)


class CloseForm(forms.Form):
    status = forms.ChoiceField(
        label="What became of it",
        choices=[
            (FollowUp.Status.DONE, "Done"),
            (FollowUp.Status.CANCELLED, "Cancelled"),
        ],
        widget=forms.RadioSelect,
    )
    words = PlainText(
        label="In words",
        max_length=300,
        required=False,
        help_text="Needed where it is cancelled: the reason.",
    )
    helper = plain_helper("status", "words")


# What one press records; every other way has a page of its own.
SPOKEN_CHANNELS = [
    (one.value, one.label)
    for one in (
        OutreachAttempt.Channel.PHONE,
        OutreachAttempt.Channel.IN_PERSON,
        OutreachAttempt.Channel.VIDEO,
    )
]


class OutreachForm(forms.Form):
    """One try to reach the person; one press is enough."""

    outcome = forms.ChoiceField(
        choices=OutreachAttempt.by_phone,
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"],
            "Choose what happened. Nothing is recorded yet.",
        ),
    )
    channel = forms.ChoiceField(choices=SPOKEN_CHANNELS, required=False, label="How")
    note = PlainText(max_length=300, required=False)
    follow_up = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )

    def clean_channel(self) -> str:
        return self.cleaned_data["channel"] or OutreachAttempt.Channel.PHONE


class ResolveForm(forms.Form):
    """What was done about a concern."""

    done = forms.ModelMultipleChoiceField(
        FollowUp.objects.none(),
        label="Done",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What is not ticked is closed as no longer needed.",
    )
    words = PlainText(
        label="What was found and done",
        max_length=500,
        error_messages={"required": "Say in a sentence what was found and done."},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who saw them, what they said, what was agreed.",
    )
    helper = plain_helper("done", "words")

    def __init__(
        self, *args: object, duties: FollowUpQuerySet, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["done"]
        # A screener, a review, a kit: doing it closes them, and no tick.
        duties = duties.exclude(kind__in=kinds_closed_by_their_act())
        field.queryset = duties  # type: ignore[attr-defined]
        field.label_from_instance = lambda duty: duty.title  # type: ignore[attr-defined]
        if not duties.exists():
            del self.fields["done"]
            self.helper = plain_helper("words")

    def clean(self) -> dict[str, object]:
        """Nothing ticked is nothing done, also where there was nothing to tick."""
        said = super().clean() or self.cleaned_data
        return {"done": (), **said}
