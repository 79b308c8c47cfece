"""Forms of people in other hands: handing over, assigning, being away, saving a view."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crispy_forms.layout import Div
from django import forms

from accounts.forms import PlainText, plain_helper, side_by_side
from accounts.models import Staff
from aftercare.actions.hand_plan import HandOverAsked
from aftercare.actions.holdings import Colleague
from aftercare.forms.follow_ups import FollowUpForm, check_day, day_field
from aftercare.models import HandOver
from patients.models import CareTeamMember, Patient

Kind = HandOver.Kind


class HandsForm(forms.Form):
    """To whom, for how long, and what has to be known of them all or of one."""

    giver = forms.ChoiceField(label="From")
    to = forms.ChoiceField(
        label="To", error_messages={"required": "Choose who takes them over."}
    )
    kind = forms.ChoiceField(
        label="For how long",
        choices=[
            (Kind.COVER, str(Kind.COVER.label)),
            (Kind.FOR_GOOD, str(Kind.FOR_GOOD.label)),
        ],
        widget=forms.RadioSelect,
    )
    until_on = day_field("Until", required=False)
    words = PlainText(
        label="What they have to know",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[Patient],
        givers: Mapping[Staff, int],
        colleagues: Iterable[Colleague],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.people = list(people)
        self.givers = {str(one.pk): one for one in givers}
        self.takers = {str(one.staff.pk): one.staff for one in colleagues}
        self.fields["giver"].choices = [  # type: ignore[attr-defined]
            (one.pk, f"{one.name}, {count} of them") for one, count in givers.items()
        ]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((one.staff.pk, one.words) for one in colleagues),
        ]
        for one in self.people:
            self.fields[f"words_{one.pk}"] = PlainText(
                label=f"{one.shown_name}, {one.mrn}", max_length=300, required=False
            )
        # Not left to choice where a cover is chosen, and not there else.
        self.fields["until_on"].says_optional = False  # type: ignore[attr-defined]
        self.helper = plain_helper(
            *("giver", "to", "kind"),
            Div("until_on", css_class="mst-if-cover"),
            "words",
        )

    @property
    def words_by_person(self) -> list[forms.BoundField]:
        return [self[f"words_{one.pk}"] for one in self.people]

    def clean_until_on(self) -> date | None:
        day: date | None = self.cleaned_data["until_on"]
        return day and check_day(day, today=self.today)

    def clean(self) -> dict[str, object]:
        told = self.cleaned_data
        if told.get("kind") == Kind.FOR_GOOD:
            # A day that was typed before counts for a cover alone.
            self.errors.pop("until_on", None)
            told["until_on"] = None
        elif "until_on" not in self.errors and told.get("until_on") is None:
            self.add_error("until_on", "Say until which day.")
        if not self.people:
            self.add_error(None, "Nobody is chosen. Choose people on the caseload.")
        return told

    def asked(self) -> HandOverAsked:
        told = self.cleaned_data
        return HandOverAsked(
            kind=told["kind"],
            to=self.takers[told["to"]],
            giver=self.givers[told["giver"]],
            until_on=told["until_on"],
        )

    def words_of(self) -> dict[int, str]:
        """What was written of one person alone."""
        found = {one.pk: self.cleaned_data[f"words_{one.pk}"] for one in self.people}
        return {pk: words for pk, words in found.items() if words}


class AssignForm(forms.Form):
    """One part in the care of all that were chosen, and who holds it from now on."""

    part = forms.ChoiceField(label="As", choices=CareTeamMember.Part.choices)
    to = forms.ChoiceField(
        label="To", error_messages={"required": "Choose who it is given to."}
    )
    helper = plain_helper("part", "to")

    def __init__(
        self,
        *args: Any,
        people: Iterable[Patient],
        colleagues: Iterable[Colleague],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        self.takers = {str(one.staff.pk): one.staff for one in colleagues}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((one.staff.pk, one.words) for one in colleagues),
        ]

    def clean(self) -> dict[str, object]:
        if not self.people:
            self.add_error(None, "Nobody is chosen. Choose people on the caseload.")
        return self.cleaned_data

    def asked(self) -> HandOverAsked:
        told = self.cleaned_data
        return HandOverAsked(Kind.ASSIGNED, self.takers[told["to"]], part=told["part"])


class FollowUpForAllForm(FollowUpForm):
    """One more thing that is owed to each of those who were chosen."""

    def __init__(self, *args: Any, people: Iterable[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The form it is made of knows the staff as its people.
        self.chosen = list(people)

    def clean(self) -> dict[str, object]:
        told = super().clean()
        if not self.chosen:
            self.add_error(None, "Nobody is chosen. Choose people on the caseload.")
        return told


class AwayForm(forms.Form):
    """The days of somebody's absence, and who covers."""

    since_on = day_field("Away from")
    until_on = day_field("Until")
    to = forms.ChoiceField(
        label="Who covers", error_messages={"required": "Choose who covers."}
    )
    words = PlainText(
        label="What they have to know",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands on their home page while they cover.",
    )
    helper = plain_helper(side_by_side("since_on", "until_on"), "to", "words")

    def __init__(
        self, *args: Any, colleagues: Iterable[Colleague], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.takers = {str(one.staff.pk): one.staff for one in colleagues}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((one.staff.pk, one.words) for one in colleagues),
        ]

    def clean_since_on(self) -> date:
        return check_day(self.cleaned_data["since_on"], today=self.today)

    def clean_until_on(self) -> date:
        return check_day(self.cleaned_data["until_on"], today=self.today)

    def clean(self) -> dict[str, object]:
        told = self.cleaned_data
        since, until = told.get("since_on"), told.get("until_on")
        if since and until and until < since:
            self.add_error("until_on", "The last day lies before the first.")
        return told

    def values(self) -> dict[str, Any]:
        """What the action is told."""
        told = self.cleaned_data
        return {**told, "to": self.takers[told["to"]]}


class SaveViewForm(forms.Form):
    """A name for the filters that are set, and who sees it."""

    name = PlainText(label="Name", max_length=40)
    is_shared = forms.BooleanField(label="For everybody at the clinic", required=False)
    helper = plain_helper("name", "is_shared")
