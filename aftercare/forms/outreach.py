"""Forms of trying to reach somebody by another way than a call."""

from collections.abc import Iterable
from datetime import date

from django import forms

from accounts.forms import ChoiceList, PlainText, plain_helper, side_by_side
from aftercare.actions.outreach_ways import VisitTold
from aftercare.forms.follow_ups import day_field
from aftercare.models.outreach import outcomes_of
from knowledge.schedule.reaching import WayAsks, reaching
from patients.models import Disclosure


class EmergencyForm(forms.Form):
    """A call to whom the person named; one press says what came of it."""

    outcome = forms.ChoiceField(
        choices=lambda: outcomes_of("emergency"),
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"],
            "Choose what happened. Nothing is recorded yet.",
        ),
    )
    note = PlainText(max_length=300, required=False)


class CallNowForm(forms.Form):
    """Somebody is calling now, whoever else does."""

    anyway = forms.BooleanField(required=False)


class WentOutForm(forms.Form):
    """Who went, when, and what they found."""

    outcome = forms.ChoiceField(label="What was found", widget=ChoiceList)
    went = PlainText(label="Who went", max_length=120)
    happened_on = day_field("When")
    next_on = day_field("Next try", required=False, help_text="Empty: the next rung.")
    disclosure = forms.ChoiceField(
        label="What they were told",
        required=False,
        help_text="Ask the gate first.",
    )
    note = PlainText(label="In short", max_length=300, required=False)
    helper = plain_helper(
        "outcome",
        "went",
        side_by_side("happened_on", "next_on"),
        "disclosure",
        "note",
    )

    def __init__(
        self,
        *args: object,
        way: str,
        today: date,
        given: Iterable[Disclosure],
        **kwargs: object,
    ) -> None:
        kwargs = {"initial": {"happened_on": today}, **kwargs}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.way = way
        self.given = {str(one.pk): one for one in given}
        self.fields["outcome"].choices = outcomes_of(way)  # type: ignore[attr-defined]
        if reaching().ways[way].asks is not WayAsks.GATE:
            del self.fields["disclosure"]
            return
        self.fields["disclosure"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *(
                (pk, f"Told {one.recipient}, {one.made_at:%d %b %Y}")
                for pk, one in self.given.items()
            ),
        ]

    def told(self) -> VisitTold:
        values = self.cleaned_data
        return VisitTold(
            way=self.way,
            outcome=values["outcome"],
            went=values["went"],
            happened_on=values["happened_on"],
            next_on=values["next_on"],
            note=values["note"],
            disclosure=self.given.get(values.get("disclosure", "")),
        )
