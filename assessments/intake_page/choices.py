"""The answers to choose from, each with the key that chooses it on the keyboard."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.reading import NONE, NOT_KNOWN

NOT_KNOWN_WORD = "Not known"
YES, NO, UNKNOWN_KEY = "y", "n", "?"
PAIR = {"0", "1"}


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """One button, box or line of a list; `key` chooses it while it has the focus."""

    value: str
    label: str
    is_chosen: bool
    key: str = ""


def options_of(
    question: IntakeQuestion, chosen: frozenset[str], *, with_unknown: bool = True
) -> list[ChoiceOption]:
    """The answers; then none, where that is one, and not known."""
    words = dict(question.choices)
    if question.none_word and question.kind is not Ask.CHOICE:
        words[NONE] = question.none_word
    if with_unknown:
        words[NOT_KNOWN] = NOT_KNOWN_WORD
    keys = keys_of(question, words)
    return [ChoiceOption(v, label, v in chosen, keys[v]) for v, label in words.items()]


def keys_of(question: IntakeQuestion, words: Mapping[str, str]) -> dict[str, str]:
    """Y and N for yes and no, the code of a coded answer, else its place in the list."""
    own = list(question.choices)
    keys = {value: str(place) for place, value in enumerate(own, start=1)}
    if question.kind is Ask.YES_NO:
        keys = {"yes": YES, "no": NO}
    elif {*own} == PAIR:
        keys = {"1": YES, "0": NO}
    elif own and all(value.isdecimal() for value in own):
        keys = {value: value for value in own}
    others = {NONE: NO, NOT_KNOWN: UNKNOWN_KEY}
    return {value: keys.get(value) or others[value] for value in words}
