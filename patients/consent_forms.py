"""Forms of consents: what is asked, who signed, how it ended."""

from collections.abc import Iterable
from datetime import date

from crispy_forms.layout import Div
from django import forms
from django.http import QueryDict

from accounts.forms import ChoiceList, PlainText, plain_helper, side_by_side
from knowledge.consents.content import kinds, purposes, sections, sections_of
from patients.actions.consents import recipient_of
from patients.consents.text import END_OF_TREATMENT, suggested_last_day
from patients.models import Consent, ConsentEnd, PageLanguage, SupportPerson
from patients.names import has_twice

DAY = {"type": "date", "autocomplete": "off"}
EVENTS = [(END_OF_TREATMENT, "End of treatment"), ("other", "Something else")]
LONGEST_PATH = 20_000
MOST_RECIPIENTS, LONGEST_NAME, LONGEST_ADDRESS = 20, 160, 200


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """A calendar day."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY),
    )


def section_choices() -> list[tuple[str, str]]:
    """What may be chosen; what goes alone comes with its kind."""
    return [(key, sections()[key].title) for key in sections_of(Consent.Kind.RECIPIENT)]


def purpose_choices() -> list[tuple[str, str]]:
    return [(key, one.title) for key, one in purposes().items()]


class ConsentForm(forms.Form):
    """Every element of the rule that is not a fixed sentence."""

    kind = forms.ChoiceField(choices=Consent.Kind.choices, label="What kind")
    support = forms.ModelChoiceField(
        SupportPerson.objects.none(),
        required=False,
        label="Who of those who stand by them",
        empty_label="Nobody of the list",
    )
    name = PlainText(
        label="Or somebody else: name",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Of a person or an organization.",
    )
    who = PlainText(label="How they stand to the person", max_length=60, required=False)
    address = PlainText(
        label="Address or phone", max_length=LONGEST_ADDRESS, required=False
    )
    more = PlainText(
        label="Others, one a line",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Name; address. Registries and programs need both.",
    )
    sections = forms.MultipleChoiceField(
        label="What they may be told",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Counseling notes need a consent of their own.",
    )
    limits = PlainText(label="Never this", max_length=200, required=False)
    purposes = forms.MultipleChoiceField(
        label="What for", required=False, widget=forms.CheckboxSelectMultiple
    )
    purpose_words = PlainText(
        label="Why, as the person would say it",
        max_length=200,
        help_text="So that she can help when I do not answer.",
    )
    expiry = forms.ChoiceField(
        label="Until", choices=Consent.Expiry.choices, widget=forms.RadioSelect
    )
    expires_on = day_field("Last day", required=False)
    event = forms.ChoiceField(label="What happens", choices=EVENTS, required=False)
    event_words = PlainText(label="If something else", max_length=120, required=False)
    discloser = PlainText(label="Who tells", max_length=200)
    language = forms.ChoiceField(label="Read in", choices=PageLanguage.choices)
    helper = plain_helper(
        "kind",
        "support",
        side_by_side("name", "who", "address"),
        "more",
        "sections",
        "limits",
        "purposes",
        "purpose_words",
        "expiry",
        Div("expires_on", css_class="mst-if-date"),
        Div(side_by_side("event", "event_words"), css_class="mst-if-event"),
        side_by_side("discloser", "language"),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        supports: Iterable[SupportPerson],
        initial: dict[str, object],
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["support"].queryset = supports  # type: ignore[attr-defined]
        self.fields["support"].label_from_instance = _support_words  # type: ignore[attr-defined]
        self.fields["sections"].choices = section_choices()  # type: ignore[attr-defined]
        self.fields["purposes"].choices = purpose_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        kind = kinds().get(str(values.get("kind")))
        if kind is None:
            return values
        if kind.sections:
            values["sections"] = list(kind.sections)
        if values["kind"] == Consent.Kind.LEGAL:
            values["purposes"] = ["legal"]
        for name in ("sections", "purposes"):
            if not values.get(name):
                self.add_error(name, "Choose at least one.")
        self._until(values)
        self._recipients(values)
        return values

    def _until(self, values: dict[str, object]) -> None:
        if values.get("expiry") == Consent.Expiry.DATE and not values.get("expires_on"):
            self.add_error("expires_on", "Say the last day.")
        event = values.get("event") or END_OF_TREATMENT
        words = values.get("event_words") or ""
        if values.get("expiry") != Consent.Expiry.EVENT:
            values["expires_event"] = ""
        elif event == "other" and not words:
            self.add_error("event_words", "Say what it ends with.")
        else:
            values["expires_event"] = words if event == "other" else event

    def _recipients(self, values: dict[str, object]) -> None:
        found = [recipient_of(support)] if (support := _support(values)) else []
        if values.get("name"):
            found.append(
                {
                    "name": str(values["name"]),
                    "who": str(values.get("who") or ""),
                    "address": str(values.get("address") or ""),
                }
            )
        for line in str(values.get("more") or "").splitlines():
            name, _, address = line.partition(";")
            if name.strip():
                found.append(
                    {"name": name.strip(), "who": "", "address": address.strip()}
                )
        self._refuse_recipients(found)
        values["recipients"] = found

    def _refuse_recipients(self, found: list[dict[str, str]]) -> None:
        if not found:
            self.add_error("name", "Say who may be told.")
        if has_twice(one["name"] for one in found):
            self.add_error("more", "The same name stands here twice.")
        too_long = any(
            len(one["name"]) > LONGEST_NAME or len(one["address"]) > LONGEST_ADDRESS
            for one in found
        )
        if too_long or len(found) > MOST_RECIPIENTS:
            self.add_error(
                "more",
                f"At most {MOST_RECIPIENTS} names of {LONGEST_NAME} characters.",
            )

    def asked(self) -> dict[str, object]:
        """What is asked, as the action takes it."""
        values = self.cleaned_data
        is_day = values["expiry"] == Consent.Expiry.DATE
        support = values["support"]
        return {
            "kind": values["kind"],
            "discloser": values["discloser"],
            "sections": values["sections"],
            "limits": values["limits"],
            "recipients": values["recipients"],
            "support_id": support.pk if support else None,
            "purposes": values["purposes"],
            "purpose_words": values["purpose_words"],
            "expiry": values["expiry"],
            "expires_on": values["expires_on"] if is_day else None,
            "expires_event": values["expires_event"],
            "language": values["language"],
        }


def _support(values: dict[str, object]) -> SupportPerson | None:
    found = values.get("support")
    return found if isinstance(found, SupportPerson) else None


def _support_words(one: SupportPerson) -> str:
    return f"{one.name}, {one.relation}"


def initial_of(consent: Consent) -> dict[str, object]:
    """What the form shows of a draft."""
    named = list(consent.recipients)
    support = consent.support_id
    if support and named:
        named = named[1:]
    first = named[0] if named else {}
    is_end = consent.expires_event == END_OF_TREATMENT
    return {
        **{name: getattr(consent, name) for name in _AS_THEY_ARE},
        "support": support,
        **{name: first.get(name, "") for name in ("name", "who", "address")},
        "more": "\n".join(f"{one['name']}; {one['address']}" for one in named[1:]),
        "event": END_OF_TREATMENT if is_end or not consent.expires_event else "other",
        "event_words": "" if is_end else consent.expires_event,
    }


_AS_THEY_ARE = (
    *("kind", "discloser", "sections", "limits", "purposes", "purpose_words"),
    *("expiry", "expires_on", "language"),
)


def initial_for(clinic: str, language: str, today: date) -> dict[str, object]:
    """What a new form shows: the suggested last day, and this clinic."""
    return {
        "kind": Consent.Kind.SUPPORT,
        "discloser": clinic,
        "language": language,
        "expiry": Consent.Expiry.DATE,
        "expires_on": suggested_last_day(today),
        "purposes": ["support"],
    }


def for_treatment_at(name: str) -> dict[str, object]:
    """The same for another clinic that goes on with the treatment."""
    return {
        "kind": Consent.Kind.RECIPIENT,
        "name": name,
        "purposes": ["treatment"],
    }


class SignConsentForm(forms.Form):
    """What is done on the turned screen: the person draws or types their name, or
    somebody who may sign for them does and says by what right."""

    path = forms.RegexField(
        # A stroke stands somewhere in it; a mere touch draws nothing.
        regex=r"\A[ML0-9 ]*M\d+ \d+L\d+ \d+[ML0-9 ]*\Z",
        required=False,
        max_length=LONGEST_PATH,
        widget=forms.HiddenInput,
    )
    signed_name = PlainText(max_length=LONGEST_NAME, required=False)
    signed_for = PlainText(max_length=LONGEST_NAME, required=False)
    understood = forms.BooleanField(required=False)

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        if values.get("signed_for") and not values.get("signed_name"):
            self.add_error("signed_name", "Type the name of whoever signs.")
        elif not values.get("path") and not values.get("signed_name"):
            self.add_error("signed_name", "Draw your name above, or type it here.")
        return values


class PaperConsentForm(forms.Form):
    """Who has seen the paper, and what stands on it."""

    signed_name = PlainText(label="Name as signed", max_length=160)
    signed_for = PlainText(
        label="By what right, where somebody signed for them",
        max_length=160,
        required=False,
        help_text="Parent, guardian, court order. State law says who may.",
    )
    signed_on = day_field("Day on the paper")
    language = forms.ChoiceField(label="Language of it", choices=PageLanguage.choices)
    helper = plain_helper(
        "signed_name", "signed_for", side_by_side("signed_on", "language")
    )


class EndConsentForm(forms.Form):
    """What ended a consent, for whom, and when it was said."""

    why = forms.ChoiceField(
        label="What ended it", choices=ConsentEnd.Why.choices, widget=ChoiceList
    )
    recipient = forms.ChoiceField(label="For whom", required=False)
    how = forms.ChoiceField(
        label="If taken back, how",
        choices=[("", "Choose"), *ConsentEnd.How.choices],
        required=False,
    )
    said_on = day_field("On which day")
    note = PlainText(label="Note", max_length=300, required=False)
    helper = plain_helper("why", "recipient", side_by_side("how", "said_on"), "note")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        names: list[str],
        initial: dict[str, object],
    ) -> None:
        super().__init__(data, initial=initial)
        everybody = ("", "Everybody named in it")
        self.fields["recipient"].choices = [  # type: ignore[attr-defined]
            everybody,
            *((name, name) for name in (names if len(names) > 1 else ())),
        ]

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        if values.get("why") == ConsentEnd.Why.REVOKED and not values.get("how"):
            self.add_error("how", "Say how they took it back.")
        return values
