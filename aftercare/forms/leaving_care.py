"""Forms of leaving care, and of what was a mistake about it."""

from datetime import date

from django import forms
from django.http import QueryDict

from accounts.forms import ChoiceList, PlainText, plain_helper, side_by_side
from accounts.models import Staff
from aftercare.actions.leaving_care import LeavingTerms
from aftercare.forms.follow_ups import day_field
from patients.consents.reader import ConsentOnDay
from patients.models import CareLeaving, LeavingClass

# Words for the person's own page; a death has its own.
WAYS = {
    LeavingClass.MOVED: "Moves away",
    LeavingClass.TRANSFER: "Goes to another clinic",
    LeavingClass.COMPLETED: "Plan completed, own wish",
    LeavingClass.DECLINED: "Declines further care",
    LeavingClass.LOST_CONTACT: "No contact",
    LeavingClass.INCARCERATED: "Custody",
    LeavingClass.ADMINISTRATIVE: "Danger to others",
}


class LeaveCareForm(forms.Form):
    """How somebody leaves, what they take along, and who calls afterwards."""

    leaving_class = forms.ChoiceField(
        label="Why",
        choices=[(key.value, words) for key, words in WAYS.items()],
        widget=ChoiceList,
        help_text="A return to use is not a reason.",
    )
    reason = PlainText(label="In short", max_length=300, required=False)
    notice = PlainText(
        label="Notice, appeal and transfer offered",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only for danger to others: these come first.",
    )
    own_words = PlainText(
        label="In their words",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mst-voice-field"}),
    )
    left_on = day_field("Last day here")
    next_place = PlainText(label="Next care", max_length=160, required=False)
    supply_until = day_field("Supply lasts until", required=False)
    next_dose_on = day_field("First dose there", required=False)
    kit = forms.ChoiceField(
        label="Kit and tolerance warning",
        choices=CareLeaving.Kit,
        widget=ChoiceList,
    )
    called_by = forms.ModelChoiceField(
        label="Who calls afterwards",
        queryset=Staff.objects.none(),
        required=False,
        empty_label="Nobody yet",
    )
    consent = forms.TypedChoiceField(
        label="Others may be asked by",
        required=False,
        coerce=int,
        empty_value=None,
    )
    declines = forms.BooleanField(label="They decline these calls", required=False)
    helper = plain_helper(
        "leaving_class",
        "reason",
        "notice",
        "own_words",
        side_by_side("left_on", "next_place"),
        side_by_side("supply_until", "next_dose_on"),
        "kit",
        side_by_side("called_by", "consent"),
        "declines",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        today: date,
        staff: "forms.models.QuerySet[Staff]",  # type: ignore[name-defined]
        consents: list[ConsentOnDay],
    ) -> None:
        super().__init__(data, initial={"left_on": today})
        self.fields["called_by"].queryset = staff  # type: ignore[attr-defined]
        self._consents = {one.consent.pk: one.consent for one in consents}
        self.fields["consent"].choices = [  # type: ignore[attr-defined]
            ("", "No consent: the person alone"),
            *((one.consent.pk, _recipients(one)) for one in consents),
        ]

    def terms(self) -> LeavingTerms:
        """What was settled, as the action keeps it."""
        told = self.cleaned_data
        return LeavingTerms(
            own_words=told["own_words"],
            notice=told["notice"],
            next_place=told["next_place"],
            supply_until=told["supply_until"],
            next_dose_on=told["next_dose_on"],
            kit=told["kit"],
            called_by=told["called_by"],
            consent=self._consents.get(told["consent"]),
        )


def _recipients(one: ConsentOnDay) -> str:
    names = ", ".join(recipient["name"] for _, recipient in one.open_recipients)
    return f"{names}: {one.told}"


class WhyForm(forms.Form):
    """Why something that was recorded is a mistake."""

    reason = PlainText(label="Why was it a mistake?", max_length=300)
    helper = plain_helper("reason")
