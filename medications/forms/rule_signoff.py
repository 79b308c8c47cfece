"""Signing off rules, and finding one."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import forms

from accounts.forms import PlainText, plain_helper
from knowledge.cards import Card
from medications.actions.sign_rules import Proposed
from medications.forms.fields import words_field
from medications.knowledge_pages.parameters import NumberRow
from medications.knowledge_pages.rule_page import Dossier
from medications.models import ImpactRun, RuleSignOff

Stance = RuleSignOff.Stance


class ShelfForm(forms.Form):
    """Filters of the rules; nothing chosen shows all of them."""

    q = PlainText(required=False, max_length=100)
    medication = forms.CharField(required=False, max_length=12)
    check = forms.CharField(required=False, max_length=20)
    show = forms.CharField(required=False, max_length=12)

    def wanted(self) -> dict[str, str]:
        """What was asked for; what cannot be read is left aside."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class SignOffForm(forms.Form):
    """What the medical director says of one version of one rule."""

    stance = forms.ChoiceField(
        label="This rule",
        choices=Stance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how this clinic uses the rule."},
    )
    version = forms.IntegerField(min_value=0, max_value=32767)
    reason = words_field(
        "Reason",
        help_text="Needed where this clinic departs from the rule. Kept with the sign-off "
        "and shown wherever the rule would have spoken.",
    )

    def __init__(self, *args: object, dossier: Dossier, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.card = dossier.card
        self.own = [number for number in dossier.numbers if number.permitted]
        self.fields["stance"].choices = list(_stances(self.card, self.own))  # type: ignore[attr-defined]
        for number in self.own:
            self.fields[f"number_{number.name}"] = _number_field(number)
        self.helper = plain_helper(*self.fields)

    @property
    def number_fields(self) -> list[tuple[forms.BoundField, NumberRow]]:
        return [(self[f"number_{number.name}"], number) for number in self.own]

    def proposed(self) -> Proposed:
        """What was said; a number left as it ships is no number of the clinic's own."""
        said = self.cleaned_data
        typed = {n.name: said[f"number_{n.name}"] for n in self.own}
        return Proposed(
            rule=self.card.id,
            version=said["version"],
            stance=said["stance"],
            own={
                n.name: typed[n.name]
                for n in self.own
                if typed[n.name] not in (None, n.ships.value)
            },
            reason=said["reason"],
        )


def _stances(card: Card, own: list[NumberRow]) -> Iterable[tuple[str, str]]:
    """Only what may be said of this rule."""
    yield Stance.AS_IS.value, str(Stance.AS_IS.label)
    if own:
        yield Stance.OWN_NUMBER.value, str(Stance.OWN_NUMBER.label)
    if card.may_switch_off:
        yield Stance.OFF.value, str(Stance.OFF.label)


def _number_field(number: NumberRow) -> forms.Field:
    assert number.permitted is not None  # noqa: S101 - narrows the type
    field = forms.DecimalField(
        label=number.ships.meaning,
        required=False,
        max_digits=9,
        decimal_places=3,
        help_text=f"Ships as {number.ships.value}. May be {number.permitted.words}.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    field.unit = number.ships.unit  # type: ignore[attr-defined]
    return field


def initial_of(
    dossier: Dossier, stance: RuleSignOff | None, run: ImpactRun | None
) -> dict[str, object]:
    """What stands in the form before anything is typed: what was just looked at,
    else what is in force."""
    numbers: Mapping[str, str] = {n.name: n.own for n in dossier.numbers if n.own}
    said, reason = (stance.stance, stance.reason) if stance else (Stance.AS_IS, "")
    if run is not None:
        said = run.stance
        numbers = run.after["numbers"]
        reason = run.after["off"].get(dossier.card.id, reason)
    values = {
        f"number_{n.name}": Decimal(numbers.get(n.name) or n.ships.value)
        for n in dossier.numbers
        if n.permitted
    }
    return {
        "stance": said,
        "reason": reason,
        "version": dossier.card.version,
        **values,
    }


class TogetherForm(forms.Form):
    """Several rules as they ship, each with what was shown of it."""

    rules = forms.MultipleChoiceField(
        label="Rules",
        error_messages={
            "required": "Choose at least one rule.",
            "invalid_choice": "One of the rules was signed or has changed meanwhile. Look again.",
        },
    )

    def __init__(
        self, *args: object, due: Iterable[Card], shown: Mapping[str, str], **kw: object
    ) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.keys = {card.id: f"{card.id}:{shown[card.id]}" for card in due}
        self._due = {self.keys[card.id]: card for card in due}
        self.fields["rules"].choices = [(key, key) for key in self._due]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Card]:
        return [self._due[key] for key in self.cleaned_data["rules"]]

    @property
    def ticked(self) -> set[str]:
        """The rules that were chosen, also where one has changed meanwhile."""
        return {str(key).partition(":")[0] for key in self["rules"].value() or ()}
