"""Forms of the talk about the options: filled by the person, or asked by staff."""

from datetime import date

from django import forms

from accounts.forms import PlainText, plain_helper
from assessments.forms.handover import pin_field
from knowledge.decision_aid.content import aid
from knowledge.editions import knowledge
from medications.actions.talks import MOST, SURE, TalkAnswers
from medications.forms.fields import words_field
from medications.models import DecisionTalk
from medications.models.medicines import talk_choices
from patients.models import PageLanguage, SupportPerson

ANSWERS = {"yes": True, "no": False}
PEOPLE = tuple(aid().named("people", "en"))
# The person is always there; of others it is noted who was.
OTHERS = tuple(who for who in PEOPLE if who != "person")
# A support person who took part is noted by id.
SUPPORT = "support:"
LONGEST = 2000


def sure_field(label: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", "Not asked"), ("yes", "Yes"), ("no", "No")],
    )


def said_from(told: dict[str, object], people: tuple[str, ...]) -> TalkAnswers:
    """What a form holds, as the act takes it; what counts most has to matter."""
    matters = _keys(told, "matters")
    return TalkAnswers(
        matters=matters,
        most=tuple(key for key in _keys(told, "most") if key in matters),
        choice=str(told["choice"]),
        own_words=str(told["own_words"]),
        sure={key: ANSWERS.get(str(told[f"sure-{key}"])) for key in SURE},
        participants=("person", *people),
        interpreter=str(told.get("interpreter", "")),
    )


def _keys(told: dict[str, object], name: str) -> tuple[str, ...]:
    keys = told[name]
    assert isinstance(keys, list)  # noqa: S101 - a field of several choices
    return tuple(keys)


def form_values(talk: DecisionTalk) -> dict[str, object]:
    """A talk as the form for staff shows it."""
    answers = {True: "yes", False: "no", None: ""}
    return {
        "language": talk.language,
        "matters": talk.matters,
        "most": talk.matters_most,
        "choice": talk.choice,
        "own_words": talk.own_words,
        "who": [who for who in talk.participants if who != "person"],
        "interpreter": talk.interpreter,
        **{f"sure-{key}": answers[talk.sure.get(key)] for key in SURE},
    }


class TalkForm(forms.Form):
    """What the person picked, chose and wrote; every part may stay open."""

    matters = forms.MultipleChoiceField(required=False)
    most = forms.MultipleChoiceField(required=False)
    choice = forms.ChoiceField(required=False, choices=talk_choices)
    own_words = PlainText(max_length=LONGEST, required=False)
    who = forms.MultipleChoiceField(required=False, choices=[(w, w) for w in OTHERS])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        chips = [(key, key) for key in knowledge().wishes]
        for name in ("matters", "most"):
            self.fields[name].choices = chips  # type: ignore[attr-defined]
        for key in SURE:
            self.fields[f"sure-{key}"] = sure_field()

    def clean_most(self) -> list[str]:
        """Three of what matters; one that matters no more does not count."""
        matters = self.cleaned_data.get("matters", [])
        most = [key for key in self.cleaned_data["most"] if key in matters]
        if len(most) > MOST:
            raise forms.ValidationError("Up to three.", code="too_many")
        return most

    @property
    def problem(self) -> str:
        """Which words tell the person what is wrong."""
        return "too_many" if self.has_error("most", "too_many") else "unread"

    @property
    def said(self) -> TalkAnswers:
        return said_from(self.cleaned_data, tuple(self.cleaned_data["who"]))


class StaffTalkForm(forms.Form):
    """The same, asked by staff, with who took part."""

    language = forms.ChoiceField(label="Spoken in", choices=PageLanguage.choices)
    matters = forms.MultipleChoiceField(
        label="What matters", required=False, widget=forms.CheckboxSelectMultiple
    )
    most = forms.MultipleChoiceField(
        label="What counts most",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Up to three, among what matters.",
    )
    choice = forms.ChoiceField(
        label="Their choice",
        required=False,
        choices=[("", "None stated"), *talk_choices()],
    )
    own_words = words_field(
        "In their own words",
        attrs={"class": "mst-voice-field"},
        help_text="As said, not paraphrased.",
    )
    who = forms.MultipleChoiceField(
        label="Who took part, beside the person",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    interpreter = PlainText(
        max_length=120, required=False, help_text="Name or line, where one helped."
    )

    def __init__(
        self,
        *args: object,
        support: list[SupportPerson],
        told: dict[str, str],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        chips = [(key, wish.label) for key, wish in knowledge().wishes.items()]
        parts = aid().named("people", "en")
        named = [(f"{SUPPORT}{one.pk}", _may_hear(one, told)) for one in support]
        who = [*((key, parts[key]) for key in OTHERS), *named]
        for name, choices in (("matters", chips), ("most", chips), ("who", who)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for key, label in aid().named("sure", "en").items():
            self.fields[f"sure-{key}"] = sure_field(label)
        self.helper = plain_helper(*self.fields)

    def clean(self) -> dict[str, object] | None:
        matters = self.cleaned_data.get("matters", [])
        most = self.cleaned_data.get("most", [])
        if len(most) > MOST:
            self.add_error("most", "Choose up to three.")
        elif not set(most) <= set(matters):
            self.add_error("most", "Choose only among what matters.")
        return super().clean()

    @property
    def said(self) -> TalkAnswers:
        return said_from(self.cleaned_data, tuple(self.cleaned_data["who"]))

    # What is typed beside what somebody else wrote (accounts.doors).
    values_from = staticmethod(form_values)


def _may_hear(one: SupportPerson, told: dict[str, str]) -> str:
    """Who it is, and what consent lets them know."""
    heard = told.get(one.name) or "nothing, no consent"
    return f"{one.name}, {one.relation} (may be told: {heard})"


class HandTalkOverForm(forms.Form):
    """The language of the tablet, and the PIN to come back with."""

    language = forms.ChoiceField(choices=PageLanguage.choices, widget=forms.RadioSelect)
    pin = pin_field("PIN for this time")
    helper = plain_helper("pin", "language")


class AidTextForm(forms.Form):
    """A clinic's own words for one text of the aid."""

    text = words_field("Your clinic's words", help_text="Empty: the words that ship.")
    reviewed_on = forms.DateField(
        label="Checked on",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    helper = plain_helper("text", "reviewed_on")

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._today = today

    def clean_reviewed_on(self) -> date:
        day: date = self.cleaned_data["reviewed_on"]
        if not date(2020, 1, 1) <= day <= self._today:
            raise forms.ValidationError("Check the year; not a day to come.")
        return day
