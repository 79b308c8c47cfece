"""Forms for handing a tablet over, and for taking it back."""

from django import forms

from accounts.forms import plain_helper
from assessments.self_report.wording import LANGUAGES
from knowledge.instruments.registry import instruments

PIN = r"^[0-9]{4,6}$"


def pin_field(label: str) -> forms.RegexField:
    return forms.RegexField(
        PIN,
        label=label,
        strip=True,
        help_text="4 to 6 digits.",
        error_messages={"invalid": "Write 4 to 6 digits."},
        widget=forms.PasswordInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": "6",
            }
        ),
    )


def by_themselves(*, by_link: bool) -> list[tuple[str, str]]:
    """The instruments that people answer alone."""
    return [
        (one.key, one.title.en)
        for one in sorted(instruments().values(), key=lambda one: one.title.en)
        if not one.staff_only and not (by_link and one.not_by_link)
    ]


class HandOverForm(forms.Form):
    """What is asked on the tablet, and the PIN that ends it."""

    give = forms.MultipleChoiceField(
        label="Questions",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    language = forms.ChoiceField(
        choices=list(LANGUAGES.items()), widget=forms.RadioSelect
    )
    pin = pin_field("PIN for this time")
    helper = plain_helper("pin", "language", "give")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        give = self.fields["give"]
        assert isinstance(give, forms.MultipleChoiceField)  # noqa: S101 - declared above
        give.choices = by_themselves(by_link=False)


class PinForm(forms.Form):
    pin = pin_field("PIN")
    helper = plain_helper("pin")
