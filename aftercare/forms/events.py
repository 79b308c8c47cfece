from collections.abc import Mapping
from datetime import date, timedelta

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainText, plain_helper
from aftercare.actions.events import EventAsTold
from aftercare.forms.follow_ups import day_field
from aftercare.models import CareEvent
from knowledge.schedule.pathways import NOT_KNOWN, EventKind, pathways

TODAY, YESTERDAY, DATE = "today", "yesterday", "date"
WHEN = {TODAY: "Today", YESTERDAY: "Yesterday", DATE: "Date", NOT_KNOWN: "Not known"}
TIME = "%H:%M"
ONE_OF_THESE = {"invalid_choice": "Choose one of these."}


class EventForm(forms.Form):
    """What happened; all but the day may stay open and becomes a question."""

    when = forms.ChoiceField(
        label="When",
        choices=list(WHEN.items()),
        widget=forms.RadioSelect,
        initial=TODAY,
        error_messages=ONE_OF_THESE,
    )
    on = day_field("Date", required=False)
    hour = forms.TimeField(
        label="Time, about",
        required=False,
        widget=forms.TimeInput(format=TIME, attrs={"type": "time"}),
    )
    source = forms.ChoiceField(
        label="Who told us", choices=CareEvent.Source, initial=CareEvent.Source.UNSAID
    )
    words = PlainText(
        label="In words",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: object, kind: EventKind, today: date, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.kind, self.today = kind, today
        self.asked = pathways()[kind].questions
        for one in self.asked:
            self.fields[one.key] = forms.ChoiceField(
                label=one.label,
                required=False,
                widget=forms.RadioSelect,
                choices=[*one.choices.items(), (NOT_KNOWN, "Not known")],
                error_messages=ONE_OF_THESE,
            )
        self.helper = plain_helper(
            "when",
            Div("on", css_class="mst-if-day"),
            Div("hour", css_class="mst-if-known"),
            "source",
            *(one.key for one in self.asked),
            "words",
        )

    def clean(self) -> dict[str, object]:
        told: dict[str, object] = super().clean() or self.cleaned_data
        when, typed = told.get("when"), told.get("on")
        days = {TODAY: self.today, YESTERDAY: self.today - timedelta(days=1)}
        if when == DATE and not typed and "on" not in self.errors:
            self.add_error("on", ValidationError("Choose the date, or Not known."))
        told["on"] = typed if when == DATE else days.get(str(when))
        if when == NOT_KNOWN:
            told["hour"] = None
        return told

    def told(self) -> EventAsTold:
        """What the action is told."""
        said = self.cleaned_data
        return EventAsTold(
            kind=self.kind,
            source=said["source"],
            on=said["on"],
            hour=said["hour"],
            answers={one.key: said[one.key] for one in self.asked if said[one.key]},
            words=said["words"],
        )

    def values_from(self, event: CareEvent) -> Mapping[str, object]:
        """What an event holds, by field, where another one was faster."""
        return said_of(event, self.today)


def said_of(event: CareEvent, today: date) -> dict[str, object]:
    """An event as its form holds it."""
    days = {today: TODAY, today - timedelta(days=1): YESTERDAY}
    when = days.get(event.happened_on, DATE) if event.is_day_known else NOT_KNOWN
    return {
        **event.answers,
        "when": when,
        "on": event.day,
        "hour": event.happened_time,
        "source": event.source,
        "words": event.words,
    }


class TakeBackForm(forms.Form):
    """Why an event is taken back; an undo right after it needs no words."""

    why = PlainText(label="Why", max_length=300, required=False)
    helper = plain_helper("why")
