"""Form of a check-in link: its instruments, its language, whether it is mailed."""

from collections.abc import Iterable

from django import forms

from accounts.forms import plain_helper
from assessments.forms.handover import by_themselves
from assessments.self_report.wording import LANGUAGES
from patients.models import ContactPoint

BY_HAND = "hand"


class CheckInForm(forms.Form):
    """A link for one person, good once and for seven days."""

    give = forms.MultipleChoiceField(
        label="Questions",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    language = forms.ChoiceField(
        choices=list(LANGUAGES.items()), widget=forms.RadioSelect
    )
    to = forms.ChoiceField(
        label="How it reaches them",
        help_text="Only addresses that were said to be safe to write to are offered.",
    )
    helper = plain_helper("give", "language", "to")

    def __init__(
        self, *args: object, safe: Iterable[ContactPoint], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.safe = {str(point.pk): point for point in safe}
        give, to = self.fields["give"], self.fields["to"]
        assert isinstance(give, forms.MultipleChoiceField)  # noqa: S101 - declared above
        assert isinstance(to, forms.ChoiceField)  # noqa: S101 - declared above
        give.choices = by_themselves(by_link=True)
        to.choices = [
            *((pk, f"E-mail to {point.value}") for pk, point in self.safe.items()),
            (BY_HAND, "I pass the link on myself"),
        ]

    @property
    def address(self) -> ContactPoint | None:
        """The e-mail address that was chosen; None where staff pass the link on."""
        return self.safe.get(self.cleaned_data["to"])
