"""Form of what a person wants to be written to about."""

from calendar import day_name
from collections.abc import Iterable

from django import forms

from accounts.forms import ChoiceList, plain_helper
from assessments.self_report.wording import LANGUAGES
from knowledge.schedule.messages import WISHED
from patients.models import ContactPoint


class MessageWishForm(forms.Form):
    """Asked of the person, not decided for them."""

    to = forms.ChoiceField(label="Where to", widget=ChoiceList)
    kinds = forms.MultipleChoiceField(
        label="About what",
        choices=[(kind.value, kind.words) for kind in WISHED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    weekday = forms.TypedChoiceField(
        label="Check-in on",
        choices=list(enumerate(day_name, start=1)),
        coerce=int,
        initial=1,
    )
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), widget=ChoiceList)
    helper = plain_helper("to", "kinds", "weekday", "language")

    def __init__(
        self, *args: object, safe: Iterable[ContactPoint], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.safe = {str(point.pk): point for point in safe}
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)  # noqa: S101 - declared above
        to.choices = [
            (pk, f"{_way(point)} {point.value}") for pk, point in self.safe.items()
        ]

    @property
    def address(self) -> ContactPoint:
        return self.safe[self.cleaned_data["to"]]


def _way(point: ContactPoint) -> str:
    return "Text to" if point.kind == ContactPoint.Kind.PHONE else "E-mail to"
