"""Forms of instruments; the intake reads its own fields."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainText, plain_helper
from assessments.models import Assessment
from knowledge.instruments.declaration import Item, InstrumentKind, Question
from knowledge.instruments.registry import Instrument

NOT_ANSWERED = ("", "Not answered")
MOMENT = "%Y-%m-%dT%H:%M"
EARLIEST_YEAR = 1900


class GivenAtField(forms.DateTimeField):
    """When something was done: not in the future."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
        )

    def refuse_future(self, value: datetime, *, now: datetime) -> None:
        if value > now:
            raise ValidationError("This lies in the future. Check the day.")
        if value.year < EARLIEST_YEAR:
            raise ValidationError("Check the year.")


class MayStayOpen(forms.Field):
    """Asked for like any other, and yet no answer is accepted as none."""

    def clean(self, value: object) -> object:
        return None if value in self.empty_values else super().clean(value)


class OpenChoice(MayStayOpen, forms.ChoiceField):
    pass


class OpenWhole(MayStayOpen, forms.IntegerField):
    pass


class InstrumentForm(forms.Form):
    """The items of one instrument, each of which may stay unanswered."""

    def __init__(
        self, *args: object, instrument: Instrument, now: datetime, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.instrument, self.now = instrument, now
        raw = {d.item: d for d in instrument.derivations}
        for item in instrument.items:
            derivation = raw.get(item.key)
            name = derivation.raw if derivation else item.key
            self.fields[f"item-{name}"] = (
                _whole(
                    item.prompt.en,
                    derivation.unit,
                    derivation.lowest,
                    derivation.highest,
                )
                if derivation
                else _choices(item)
            )
        for question in instrument.context:
            if question.key != "as_of":
                self.fields[f"context-{question.key}"] = _context(question)
        self.fields["mode"] = forms.ChoiceField(
            label="How it was given", choices=Assessment.Mode.choices
        )
        self.fields["given_at"] = GivenAtField("When")
        # The questions stand in the template; this is what is said of all of them.
        self.helper = plain_helper("mode", "given_at")

    def clean_given_at(self) -> datetime:
        return _not_future(self, "given_at", self.now)

    def part(self, prefix: str) -> dict[str, object]:
        """The answers, or the context, as scoring reads them; blank is unanswered."""
        return {
            name.removeprefix(prefix): None if value in ("", None) else value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }


def _not_future(form: forms.Form, name: str, now: datetime) -> datetime:
    value: datetime = form.cleaned_data[name]
    field = form.fields[name]
    assert isinstance(field, GivenAtField)  # noqa: S101 - declared above
    field.refuse_future(value, now=now)
    return value


def _choices(item: Item) -> forms.Field:
    choices = [(str(c.value), c.words.en) for c in item.choices]
    return OpenChoice(
        label=item.prompt.en,
        choices=[*choices, NOT_ANSWERED],
        widget=forms.RadioSelect,
    )


def _whole(label: str, unit: str, low: int, high: int) -> forms.Field:
    return OpenWhole(
        label=f"{label}, {unit}",
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _context(question: Question) -> forms.Field:
    label = question.prompt.en
    if question.kind is InstrumentKind.YES_NO:
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[("yes", "Yes"), ("no", "No"), NOT_ANSWERED],
            widget=forms.RadioSelect,
        )
    if question.kind is InstrumentKind.CHOICE:
        names = [(name, name.capitalize()) for name in question.choices]
        return forms.ChoiceField(
            label=label, required=False, choices=[NOT_ANSWERED, *names]
        )
    if question.kind is InstrumentKind.WHOLE:
        return forms.IntegerField(
            label=label,
            required=False,
            min_value=question.lowest,
            max_value=question.highest,
        )
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class ErrorForm(forms.Form):
    """Why something was entered in error."""

    reason = PlainText(label="What was wrong?", max_length=200)
    helper = plain_helper("reason")
