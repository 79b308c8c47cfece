"""A question of an instrument as a page shows it, for staff and for people alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django import forms

from knowledge.instruments.declaration import Choice, Derivation, Item
from knowledge.instruments.questionnaire import Page, Said, field
from knowledge.instruments.registry import Instrument

SCALE_FROM = 5
SHORT = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that can be chosen; `key` is what chooses it on a keyboard."""

    value: str
    words: str
    key: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question with its answers, or with the field in which it is typed."""

    name: str
    prompt: str
    answers: tuple[Answer, ...] = ()
    shape: str = ""
    ends: tuple[str, str] | None = None
    bound: forms.BoundField | None = None
    typed: str = ""
    unit: str = ""
    limits: str = ""
    errors: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        return any(answer.is_chosen for answer in self.answers)


def ask_of(name: str, item: Item, chosen: str, language: str) -> AskedQuestion:
    """An item with one of its codes chosen, or none."""
    scale = is_scale(item.choices)
    answers = tuple(
        Answer(
            str(choice.value),
            str(choice.value) if scale else getattr(choice.words, language),
            str(choice.value),
            str(choice.value) == chosen,
        )
        for choice in item.choices
    )
    ends = (
        getattr(item.choices[0].words, language),
        getattr(item.choices[-1].words, language),
    )
    prompt = getattr(item.prompt, language)
    if scale:
        return AskedQuestion(name, prompt, answers, "is-scale", ends)
    return AskedQuestion(name, prompt, answers, shape(answers))


def is_scale(choices: tuple[Choice, ...]) -> bool:
    """A run of numbers with words at its ends alone."""
    between = choices[1:-1]
    return len(choices) >= SCALE_FROM and all(
        choice.words.en == str(choice.value) for choice in between
    )


def shape(answers: Iterable[Answer]) -> str:
    """How words stand: in a short row, or in columns."""
    letters = sum(len(answer.words) for answer in answers)
    return "is-row" if letters <= SHORT else "is-words"


def asks_of_page(page: Page, said: Said, language: str) -> list[AskedQuestion]:
    """The questions of one page, with what was answered before."""
    given = said.get(page.instrument.key, {})
    return [
        ask_of(field(page, item), item, str(given.get(item.key, "")), language)
        for item in page.items
    ]


def asks_of_form(form: forms.Form, instrument: Instrument) -> Iterator[AskedQuestion]:
    """The items of a bound or unbound form, in the order of its fields."""
    items = {f"item-{item.key}": item for item in instrument.items}
    measured = {f"item-{one.raw}": one for one in instrument.derivations}
    for name in form.fields:
        bound = form[name]
        if name in items:
            ask = ask_of(name, items[name], _value(bound), "en")
            yield replace(ask, errors=tuple(map(str, bound.errors)))
        elif name in measured:
            yield _typed(bound, measured[name], instrument)
        elif name.startswith("context-"):
            yield AskedQuestion(name, str(bound.label), bound=bound)


def _typed(
    bound: forms.BoundField, derivation: Derivation, instrument: Instrument
) -> AskedQuestion:
    """A number that was measured; its code is worked out when it is kept."""
    return AskedQuestion(
        bound.html_name,
        instrument.item(derivation.item).prompt.en,
        shape="is-typed",
        typed=_value(bound),
        unit=derivation.unit,
        limits=f"{derivation.lowest} to {derivation.highest}",
        errors=tuple(map(str, bound.errors)),
    )


def _value(bound: forms.BoundField) -> str:
    value = bound.value()
    return "" if value is None else str(value)
