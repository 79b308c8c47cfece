"""Forms of a colleague's leaving: the last day, and who takes over what."""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict

from accounts.forms import plain_helper
from accounts.models import Staff
from aftercare.actions.holdings import Colleague, Holding
from aftercare.forms.follow_ups import day_field


class LeavingForm(forms.Form):
    """The last day of somebody's access."""

    leaves_on = day_field("Last day")
    helper = plain_helper("leaves_on")


class SuccessorsForm(forms.Form):
    """A colleague for each group, of those who may hold it."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        holdings: Iterable[Holding],
        colleagues: Iterable[Colleague],
        named: Mapping[str, Staff],
    ) -> None:
        super().__init__(data)
        self.holdings = list(holdings)
        # Groups that nobody takes over so far.
        self.unnamed = sum(one.key not in named for one in self.holdings)
        everybody = list(colleagues)
        self._staff = {str(one.staff.pk): one.staff for one in everybody}
        for holding in self.holdings:
            able = [c for c in everybody if holding.needs in c.permissions]
            self.fields[holding.key] = forms.ChoiceField(
                label=f"Takes over {_words(holding)}",
                required=False,
                choices=[("", "Nobody yet"), *((c.staff.pk, c.words) for c in able)],
                initial=named[holding.key].pk if holding.key in named else "",
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )

    def rows(self) -> list[tuple[Holding, forms.BoundField]]:
        return [(one, self[one.key]) for one in self.holdings]

    def chosen(self) -> dict[str, Staff | None]:
        return {
            one.key: self._staff.get(self.cleaned_data[one.key])
            for one in self.holdings
        }


def _words(holding: Holding) -> str:
    return holding.patient.mrn if holding.patient else holding.words
