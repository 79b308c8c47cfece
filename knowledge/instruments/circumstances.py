"""Circumstances of scoring besides the answers, read as leniently and refused as plainly."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from knowledge.instruments.declaration import (
    Choice,
    Context,
    Declaration,
    Item,
    InstrumentKind,
    Question,
    Said,
)
from knowledge.instruments.reading import (
    UNANSWERED,
    ItemError,
    NotAllowed,
    code_of,
    plain,
    quoted,
    whole,
)
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The context that was read, the names nobody uses here, and the refusals."""

    context: Context
    unused: tuple[str, ...] = ()
    errors: tuple[ItemError, ...] = ()


def read_context(instrument: Declaration, raw: Mapping[str, object]) -> Circumstances:
    """Each declared question answered or None; a near miss of a name is an error."""
    names = _names(instrument)
    said: dict[str, Said] = {}
    unused: list[str] = []
    errors: list[ItemError] = []
    for name, value in raw.items():
        question = names.get(plain(name))
        if question is not None:
            _take(question, value, said, errors)
        elif slip := _slip(name, names):
            errors.append(ItemError(name, f"Did you mean {slip}?"))
        else:
            unused.append(name)
    return Circumstances(Context(said), tuple(unused), tuple(errors))


def _names(instrument: Declaration) -> dict[str, Question]:
    return {
        plain(name): question
        for question in instrument.context
        for name in (question.key, *question.also)
    }


def _slip(name: str, names: Mapping[str, Question]) -> str | None:
    # A misspelt circumstance that went unread would change the score unseen.
    close = difflib.get_close_matches(plain(name), list(names), n=1, cutoff=0.8)
    return names[close[0]].key if close else None


def _take(
    question: Question, raw: object, said: dict[str, Said], errors: list[ItemError]
) -> None:
    try:
        said[question.key] = _read(question, raw)
    except NotAllowed as refusal:
        errors.append(ItemError(question.key, str(refusal)))


def _read(question: Question, raw: object) -> Said:
    if raw is None or (isinstance(raw, str) and plain(raw) in map(plain, UNANSWERED)):
        return None
    return READERS[question.kind](question, raw)


def _yes_no(question: Question, raw: object) -> Said:
    return code_of(Item(question.key, question.prompt, _yes_or_no()), raw)


@cache
def _yes_or_no() -> tuple[Choice, ...]:
    table = shipped()["answer_sets"]["yes_no"]
    return shaped(tuple[Choice, ...], table, "answer_sets.yes_no")


def _choice(question: Question, raw: object) -> Said:
    word = plain(str(raw))
    for name, spellings in question.choices.items():
        if word in {plain(one) for one in (name, *spellings)}:
            return name
    allowed = ", ".join(question.choices)
    raise NotAllowed(f"{quoted(raw)} is not known for {question.key}: {allowed}.")


def _whole(question: Question, raw: object) -> Said:
    value = whole(raw)
    if not question.lowest <= value <= question.highest:
        limits = f"{question.lowest} to {question.highest}"
        raise NotAllowed(f"{question.key} is {value}; possible are {limits}.")
    return value


def _day(_: Question, raw: object) -> Said:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        raise NotAllowed(f"{quoted(raw)} is not a date (2026-11-22).") from None


READERS: Mapping[InstrumentKind, Callable[[Question, object], Said]] = {
    InstrumentKind.YES_NO: _yes_no,
    InstrumentKind.CHOICE: _choice,
    InstrumentKind.WHOLE: _whole,
    InstrumentKind.DAY: _day,
}
