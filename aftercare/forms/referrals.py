"""Forms of the directory, of a referral and of its steps."""

from collections.abc import Iterable

from crispy_forms.layout import Div
from django import forms

from accounts.forms import (
    IN_A_ROW,
    ChoiceList,
    PlainText,
    plain_helper,
    side_by_side,
)
from accounts.models import Staff
from aftercare.actions.referrals import StepTold
from aftercare.forms.follow_ups import day_field
from aftercare.models import CarePlace, CareReferral
from aftercare.models.referrals import place_kinds
from knowledge.schedule.loops import NEXT, LoopStage, step_words
from patients.forms import PhoneField
from patients.models import Disclosure

BY_THEMSELVES = "self"


def _line(label: str, longest: int, help_text: str = "") -> PlainText:
    return PlainText(
        label=label, max_length=longest, required=False, help_text=help_text
    )


class PlaceForm(forms.Form):
    """What the directory says of a place; saved, it counts as checked today."""

    name = PlainText(max_length=120)
    kind = forms.ChoiceField(choices=place_kinds)
    medicine = forms.ChoiceField(
        label="Methadone and buprenorphine",
        choices=CarePlace.Medicine,
        widget=ChoiceList,
        initial=CarePlace.Medicine.UNKNOWN,
    )
    phone = PhoneField(label="Telephone", max_length=40, required=False)
    email = forms.EmailField(label="E-mail", max_length=120, required=False)
    address = _line("Address", 200)
    way_there = _line("Way there", 120, "By bus, 40 minutes.")
    hours = _line("Hours", 120)
    languages = _line("Languages", 120)
    eligibility = _line("For whom", 200)
    cost = _line("Cost", 80)
    wait = _line("Wait", 80)
    usual_days = forms.IntegerField(
        label="Usually answers within, days", required=False, min_value=0, max_value=180
    )
    is_current = forms.BooleanField(
        label="In the directory", required=False, initial=True
    )
    helper = plain_helper(
        side_by_side("name", "kind"),
        "medicine",
        side_by_side("phone", "email"),
        side_by_side("address", "way_there"),
        side_by_side("hours", "languages"),
        side_by_side("eligibility", "cost"),
        side_by_side("wait", "usual_days"),
        "is_current",
    )


class ReferForm(forms.Form):
    """To which place, and what for."""

    place = forms.ChoiceField(label="To")
    wanted = PlainText(
        label="What for",
        max_length=160,
        required=False,
        help_text="In few words: a room before 1 Dec.",
    )
    helper = plain_helper("place", "wanted")

    def __init__(
        self, *args: object, places: Iterable[CarePlace], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.places = {str(one.pk): one for one in places}
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - declared above
        place.choices = [
            ("", "Choose"),
            *((pk, _named(one)) for pk, one in self.places.items()),
        ]

    @property
    def chosen(self) -> CarePlace:
        return self.places[self.cleaned_data["place"]]


def _named(place: CarePlace) -> str:
    words = f"{place.name}, {place.get_kind_display().lower()}"
    if place.medicine == CarePlace.Medicine.REFUSED:
        return f"{words} (asks people to stop their medicine)"
    return words


class StepForm(forms.Form):
    """How far it has come."""

    stage = forms.ChoiceField(label="What happened", widget=ChoiceList)
    on = day_field("When")
    visit_on = day_field("Day of the visit", required=False)
    disclosure = forms.ChoiceField(
        label="What was told",
        required=False,
        help_text="Tell the place first: what was told stands here then.",
    )
    words = PlainText(label="In short", max_length=160, required=False)

    def __init__(
        self,
        *args: object,
        referral: CareReferral,
        given: Iterable[Disclosure],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.given = {str(one.pk): one for one in given}
        stage, disclosure = self.fields["stage"], self.fields["disclosure"]
        assert isinstance(stage, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(disclosure, forms.ChoiceField)  # noqa: S101 - declared above
        now = referral.loop_stage
        for name in ("visit_on", "disclosure"):
            # There where its step is chosen alone, and then wanted.
            self.fields[name].says_optional = False  # type: ignore[attr-defined]
        stage.choices = [(one.value, step_words(one, now)) for one in NEXT[now]]
        disclosure.choices = [
            ("", "Choose"),
            (BY_THEMSELVES, "Nothing: they go there by themselves"),
            *(
                (pk, f"Told {one.recipient}, {one.made_at:%d %b %Y}")
                for pk, one in self.given.items()
            ),
        ]
        asks_what = [Div("disclosure", css_class="mst-if-sent")]
        if referral.loop_stage is not LoopStage.ASKED:
            del self.fields["disclosure"]
            asks_what = []
        day = Div("visit_on", css_class="mst-if-accepted")
        self.helper = plain_helper(
            "stage", Div("on", day, css_class=IN_A_ROW), *asks_what, "words"
        )

    def told(self) -> StepTold:
        values = self.cleaned_data
        chosen = values.get("disclosure", "")
        return StepTold(
            stage=LoopStage(values["stage"]),
            on=values["on"],
            words=values["words"],
            visit_on=values["visit_on"],
            disclosure=self.given.get(chosen),
            by_themselves=chosen == BY_THEMSELVES,
        )


class OwnerForm(forms.Form):
    """Who sees it through."""

    owner = forms.ModelChoiceField(
        queryset=Staff.objects.none(), label="Who", empty_label="Choose"
    )
    helper = plain_helper("owner")

    def __init__(self, *args: object, staff: Iterable[Staff], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["owner"].queryset = staff  # type: ignore[attr-defined]
