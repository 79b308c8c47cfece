"""The form that moves a person to another site: what goes along, and why."""

from django import forms

from accounts.doors import SHOWN
from accounts.forms import PlainText
from aftercare.actions.move_content import PARTS, REGISTRATION, MoveContent, MoveGround


class SiteMoveForm(forms.Form):
    """One tick for each part that the consent lets go along."""

    parts = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = PlainText(label="Why, in a few words", max_length=150, required=False)

    def __init__(
        self, *args: object, content: MoveContent, ground: MoveGround | None
    ) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        offered = [
            key
            for key in (ground.parts if ground else ())
            if key != REGISTRATION and content.lines(key)
        ]
        self.fields["parts"].choices = [(key, PARTS[key].title) for key in offered]  # type: ignore[attr-defined]
        # Where the person set a limit, nobody but a reader knows what it leaves.
        self.fields["parts"].initial = (
            [] if ground is None or ground.consent.limits else offered
        )
        self.fields[SHOWN] = forms.CharField(
            required=False,
            max_length=100,
            widget=forms.HiddenInput,
            initial=content.digest,
        )
