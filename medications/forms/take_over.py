"""The form that takes sign-offs of a sister clinic over, one tick for each."""

from collections.abc import Iterable

from django import forms

from medications.knowledge_pages.sister_signoffs import SisterItem


class TakeOverForm(forms.Form):
    """Items that the sister clinic signed, each with what was shown of it."""

    items = forms.MultipleChoiceField(
        error_messages={
            "required": "Choose at least one.",
            "invalid_choice": "One of them was signed or has changed meanwhile. Look"
            " again.",
        },
    )

    def __init__(self, *args: object, ready: Iterable[SisterItem]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.keys = {one.key: f"{one.key}:{one.shown}" for one in ready}
        self.fields["items"].choices = [(key, key) for key in self.keys.values()]  # type: ignore[attr-defined]

    @property
    def shown(self) -> dict[str, str]:
        """What was shown of each that was chosen."""
        parted = (key.partition(":") for key in self.cleaned_data["items"])
        return {key: digest for key, _, digest in parted}

    @property
    def ticked(self) -> set[str]:
        """What was chosen, also where one has changed meanwhile."""
        return {str(key).partition(":")[0] for key in self["items"].value() or ()}
