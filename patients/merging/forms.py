"""Forms of making two records one."""

from typing import cast

from django import forms

from accounts.forms import PlainText, plain_helper
from patients.merging.details import GONE, KEPT, Difference
from patients.models import Patient


class TwiceForm(forms.Form):
    sought = PlainText(label="Name, MRN or phone of the other record", max_length=120)
    helper = plain_helper("sought")


class MergeForm(forms.Form):
    """Of each detail in which two records differ, which is right; and that it is meant."""

    is_one = forms.BooleanField(
        label="I compared names and birth dates: this is one person.",
        error_messages={"required": "Tick this once you have compared the two."},
    )
    helper = plain_helper()


def merge_form(
    differing: list[Difference], kept: Patient, gone: Patient
) -> type[MergeForm]:
    """The form for two records, with a choice for each difference."""
    fields: dict[str, object] = {
        one.column: forms.ChoiceField(
            label=one.label,
            choices=[
                (KEPT, f"{one.kept} ({kept.mrn})"),
                (GONE, f"{one.gone} ({gone.mrn})"),
            ],
            initial=one.proposed,
            widget=forms.RadioSelect,
        )
        for one in differing
    }
    names = [one.column for one in differing]
    fields["helper"] = plain_helper(*names, "is_one")
    return cast("type[MergeForm]", type("MergeOfTwo", (MergeForm,), fields))
