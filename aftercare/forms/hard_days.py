"""Forms of plans for bad days: one part, agreeing, a look that changes nothing, a link."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django import forms

from accounts.doors import editing, values_of
from accounts.forms import PlainText, plain_helper
from aftercare.forms.follow_ups import check_day, day_field
from aftercare.models import HardDayPart
from assessments.self_report.wording import LANGUAGES
from knowledge.hard_days.content import HardDayPartForm
from patients.models import ContactPoint

ANSWER = "answer_"
# What a part shows; who saved it last overtakes nobody.
SHOWN_OF_PART = ("words", "answers")
BY_HAND = "hand"


class PartWordsForm(forms.Form):
    """One part in the person's words, one thing a line, and what was asked for it."""

    words = PlainText(
        label="Their words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: object, row: HardDayPart, asked: HardDayPartForm, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.row, self.asked = row, asked
        for one in asked.asks:
            self.fields[f"{ANSWER}{one.key}"] = forms.ChoiceField(
                label=one.label,
                help_text=one.ask,
                required=False,
                choices=[("", "Not asked"), *one.choices.items()],
            )
        editing(self, row, SHOWN_OF_PART)

    @classmethod
    def of(cls, row: HardDayPart, asked: HardDayPartForm, data: object = None) -> Self:
        """The form of a part as it stands, or as it was sent."""
        return cls(data, row=row, asked=asked, initial=cls._values(row), auto_id=False)

    @staticmethod
    def _values(row: HardDayPart) -> dict[str, object]:
        said = {f"{ANSWER}{key}": value for key, value in row.answers.items()}
        return {"words": row.words, **said}

    def values_from(self, row: HardDayPart) -> dict[str, object]:
        """What it would hold of another version."""
        return {
            name: value
            for name, value in self._values(row).items()
            if name in self.fields
        }

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """The questions of the part."""
        return [self[f"{ANSWER}{one.key}"] for one in self.asked.asks]

    def told(self) -> dict[str, object]:
        """What the action is told."""
        said = values_of(self)
        answers = {
            name.removeprefix(ANSWER): value
            for name, value in said.items()
            if name.startswith(ANSWER) and value
        }
        return {"words": said["words"], "answers": answers}


class LookDayForm(forms.Form):
    """The day of the next look, not further ahead than anything is planned."""

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_review_on(self) -> date:
        return check_day(self.cleaned_data["review_on"], today=self.today)


class AgreeForm(LookDayForm):
    """The day by which it is looked at again."""

    review_on = day_field("Looked at again")
    shown_parts = forms.CharField(widget=forms.HiddenInput, max_length=64)
    helper = plain_helper("review_on", "shown_parts")

    @classmethod
    def fresh(cls, *, today: date, days: int, shown: str) -> Self:
        review_on = today + timedelta(days=days)
        initial = {"review_on": review_on, "shown_parts": shown}
        return cls(today=today, initial=initial)


class LookAgainForm(LookDayForm):
    """Looked at together, and nothing changes."""

    review_on = day_field("Next time")
    words = PlainText(label="In words", max_length=300, required=False)
    shown_version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=32_767
    )
    helper = plain_helper("review_on", "words", "shown_version")


class PlanLinkForm(forms.Form):
    """The plan on the person's phone, by a link."""

    language = forms.ChoiceField(
        choices=list(LANGUAGES.items()), widget=forms.RadioSelect
    )
    to = forms.ChoiceField(label="How it reaches them")
    helper = plain_helper("language", "to")

    def __init__(
        self, *args: object, safe: Iterable[ContactPoint], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.safe = {str(point.pk): point for point in safe}
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)  # noqa: S101 - declared above
        to.choices = [
            *((pk, f"E-mail to {point.value}") for pk, point in self.safe.items()),
            (BY_HAND, "I pass the link on myself"),
        ]

    @property
    def address(self) -> ContactPoint | None:
        return self.safe.get(self.cleaned_data["to"])
