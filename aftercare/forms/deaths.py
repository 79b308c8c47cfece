"""Forms of a death: what is known, and what was a mistake."""

from datetime import date

from django import forms
from django.http import QueryDict

from accounts.doors import values_of
from accounts.forms import PlainText, plain_helper, side_by_side
from accounts.models import Staff
from aftercare.forms.follow_ups import day_field
from patients.actions.deaths import DeathReport
from patients.models import DeathRecord


class DeathForm(forms.Form):
    """What is known; what is not known is an answer too."""

    died_on = day_field("Day of death")
    is_about = forms.BooleanField(label="About this day", required=False)
    source = forms.ChoiceField(
        label="How do we know?", choices=[("", "Choose"), *DeathRecord.Source.choices]
    )
    source_words = PlainText(
        label="Who told it, to whom and when",
        max_length=200,
        help_text="For example: the daughter called Priya, today 09:10.",
    )
    cause = forms.ChoiceField(
        label="Cause",
        choices=DeathRecord.Cause,
        widget=forms.RadioSelect,
        help_text="Not known counts as unexpected: a review follows.",
    )
    cause_words = PlainText(label="In words", max_length=200, required=False)
    medicine_at_home = forms.ChoiceField(
        label="Medicine left at their home?",
        choices=DeathRecord.AtHome,
        widget=forms.RadioSelect,
        help_text="Offer to fetch it today.",
    )
    told = PlainText(
        label="Who is told",
        max_length=300,
        help_text="Care team and family, by a person and not by a message.",
    )
    told_by = forms.ModelChoiceField(
        label="By whom", queryset=Staff.objects.none(), empty_label="Choose"
    )
    mrn = PlainText(label="Type the record number", max_length=20)
    helper = plain_helper(
        side_by_side("died_on", "is_about"),
        "source",
        "source_words",
        "cause",
        "cause_words",
        "medicine_at_home",
        "told",
        "told_by",
        "mrn",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        today: date,
        staff: "forms.models.QuerySet[Staff]",  # type: ignore[name-defined]
    ) -> None:
        super().__init__(data, initial={"died_on": today})
        self.fields["told_by"].queryset = staff  # type: ignore[attr-defined]

    def report(self) -> DeathReport:
        """What was typed, without the number."""
        told = {n: value for n, value in values_of(self).items() if n != "mrn"}
        return DeathReport(**told)  # type: ignore[arg-type]


class CorrectionForm(forms.Form):
    """Why a confirmed death is a mistake."""

    correction_reason = PlainText(label="Why is it a mistake?", max_length=300)
    helper = plain_helper("correction_reason")
