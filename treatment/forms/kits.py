"""Forms of reversal kits: one deed, and taking one back."""

from collections.abc import Mapping

from django import forms

from accounts.forms import PlainText, plain_helper, side_by_side
from knowledge.formulary.reversal import DEFAULT, product_choices
from medications.forms.fields import DayField
from treatment.actions.kits import IN_DATE, KitAsTold
from treatment.models import KitDeed

MOST = 20


class KitForm(forms.Form):
    """One thing done with a kit; what nobody read stays empty."""

    kind = forms.ChoiceField(
        label="What was done",
        choices=[("", "Choose"), *KitDeed.Kind.choices],
        error_messages={"required": "Choose what was done."},
    )
    on = DayField(label="Day")
    product = forms.ChoiceField(
        label="Product",
        required=False,
        choices=lambda: [("", "Not said"), *product_choices()],
        initial=DEFAULT,
    )
    count = forms.IntegerField(label="Kits", min_value=1, max_value=MOST, initial=1)
    lot = PlainText(label="Lot", max_length=40, required=False)
    expires_on = forms.DateField(
        label="Expires",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Empty where nobody read it.",
    )
    reason = PlainText(
        label="Why it was declined",
        max_length=200,
        required=False,
        help_text="In their words.",
    )
    helper = plain_helper(
        "kind",
        side_by_side("on", "product", "count"),
        side_by_side("lot", "expires_on"),
        "reason",
    )

    def told(self) -> KitAsTold:
        """What the action is told; a kit is described where there was one."""
        said: Mapping[str, object] = self.cleaned_data
        kind = str(said["kind"])
        wanted = {"on", "count"}
        if kind in IN_DATE:
            wanted |= {"product", "lot", "expires_on"}
        if kind == KitDeed.Kind.DECLINED:
            wanted |= {"reason"}
        values = {name: said[name] for name in wanted}
        return KitAsTold(kind=kind, **values)  # type: ignore[arg-type]


class KitBackForm(forms.Form):
    why = PlainText(label="Why", max_length=200)
    helper = plain_helper("why")
