"""Forms of giving out: for whom, why, on what ground; of closed charts and their reviews."""

from crispy_forms.layout import Div
from django import forms
from django.http import QueryDict

from accounts.forms import ChoiceList, PlainText, plain_helper, side_by_side
from knowledge.consents.content import grounds
from patients.consent_forms import purpose_choices, section_choices
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.things import WORDS, GivenThing
from patients.disclosures.whom import OTHER, PERSON, Whom
from patients.models import Disclosure, EmergencyOpening, OpeningReview

WITHOUT_CONSENT = [
    ("", "None of these"),
    *(
        (key, one.title)
        for key, one in grounds().items()
        if key not in ("consent", "own_copy", "inside")
    ),
]
WAYS = [
    one
    for one in Disclosure.Way.choices
    if one[0] not in (Disclosure.Way.PAPER, Disclosure.Way.FILE)
]


# Asked of somebody else alone: hidden by the style sheet until they are chosen.
IF_OTHER = Div(
    "ground",
    side_by_side("name", "address"),
    "ground_words",
    css_class="mst-if-other",
)


class GiveForm(forms.Form):
    """Why something leaves the chart, and for whom."""

    whom = forms.ChoiceField(label="For whom", widget=ChoiceList)
    purpose = forms.ChoiceField(label="Why")
    purpose_words = PlainText(label="In words", max_length=200, required=False)
    ground = forms.ChoiceField(
        label="Somebody else: on what ground", choices=WITHOUT_CONSENT, required=False
    )
    name = PlainText(label="Name", max_length=160, required=False)
    address = PlainText(label="Address or facility", max_length=200, required=False)
    ground_words = PlainText(
        label="What the ground asks to write down",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    helper = plain_helper(
        "whom",
        side_by_side("purpose", "purpose_words"),
        IF_OTHER,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        choices: list[Whom],
        initial: dict[str, object],
    ) -> None:
        super().__init__(data, initial=initial)
        self.by_key = {one.key: one for one in choices}
        self.fields["whom"].choices = [(one.key, one.label) for one in choices]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = purpose_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        if values.get("whom") == OTHER:
            for name, words in (
                ("name", "Say who."),
                ("ground", "Without a consent it needs one of these grounds."),
            ):
                if not values.get(name):
                    self.add_error(name, words)
        return values

    @property
    def chosen(self) -> Whom:
        """For whom, with the ground that this brings."""
        return self.by_key[self.cleaned_data["whom"]]

    def asked(self, thing: GivenThing, row: int | None) -> DisclosureAsked:
        """What the gate is asked."""
        return self._asked(thing.key, thing.sections, thing.least, thing.way, row=row)

    def _asked(
        self,
        key: str,
        sections: tuple[str, ...],
        least: tuple[str, ...],
        way: str,
        *,
        row: int | None = None,
        said: str = "",
    ) -> DisclosureAsked:
        values, whom = self.cleaned_data, self.chosen
        is_other = whom.key == OTHER
        purpose = "request" if whom.key == PERSON else values["purpose"]
        return DisclosureAsked(
            thing=key,
            sections=sections,
            least=least,
            way=way,
            row=row,
            said=said,
            recipient=values["name"] if is_other else whom.name,
            address=values["address"] if is_other else whom.address,
            purpose=purpose,
            purpose_words=values["purpose_words"],
            ground=values["ground"] if is_other else whom.ground,
            ground_words=values["ground_words"] if is_other else "",
        )


class TellForm(GiveForm):
    """The same for what is told in words, with the parts that are told."""

    sections = forms.MultipleChoiceField(
        label="What is told", widget=forms.CheckboxSelectMultiple
    )
    said = PlainText(label="What was said", max_length=300, required=False)
    way = forms.ChoiceField(label="How", choices=WAYS)
    helper = plain_helper(
        "whom",
        "sections",
        side_by_side("purpose", "purpose_words"),
        side_by_side("way", "said"),
        IF_OTHER,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        choices: list[Whom],
        initial: dict[str, object],
    ) -> None:
        super().__init__(data, choices=choices, initial=initial)
        self.fields["sections"].choices = section_choices()  # type: ignore[attr-defined]

    def told(self) -> DisclosureAsked:
        values = self.cleaned_data
        sections = tuple(values["sections"])
        return self._asked(WORDS, sections, (), values["way"], said=values["said"])


class RestrictForm(forms.Form):
    """Why a chart is closed to all but the team."""

    reason = PlainText(
        label="Why",
        max_length=200,
        help_text="Works here, related to staff, asked for it. Staff outside the team do not read this.",
    )
    helper = plain_helper("reason")


class OpenInEmergencyForm(forms.Form):
    """What the emergency is, in a choice and in own words."""

    why = forms.ChoiceField(
        label="What is the emergency?",
        choices=EmergencyOpening.Why.choices,
        widget=ChoiceList,
    )
    words = PlainText(
        label="In your words",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whoever answers for privacy here reads it. The person may see it too.",
    )
    helper = plain_helper("why", "words")


class ReviewOpeningForm(forms.Form):
    """What was found of an emergency opening."""

    judgement = forms.ChoiceField(
        label="Was it right?",
        choices=OpeningReview.Judgement.choices,
        widget=forms.RadioSelect,
    )
    note = PlainText(
        label="Note, kept with it",
        max_length=300,
        required=False,
        help_text="Needed unless it was right.",
    )
    helper = plain_helper("judgement", "note")

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        if values.get("judgement") not in (None, "right") and not values.get("note"):
            self.add_error("note", "Say what follows.")
        return values
