"""The pages of a person who answers alone: the same on a tablet and from a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.self_report.question import AskedQuestion, asks_of_page
from assessments.self_report.wording import LANGUAGES, words_in
from knowledge.instruments.declaration import Danger
from knowledge.instruments.questionnaire import (
    Page,
    Said,
    closed,
    dangers,
    pages,
    progress,
    values_of,
)
from knowledge.instruments.registry import find

REVIEW = "review"
PRESSING = frozenset({Danger.UNSCREENED, Danger.MODERATE, Danger.HIGH})


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One question with its answer in words, and the page to change it on."""

    prompt: str
    words: str
    page: str


def context_of(
    keys: Sequence[str], said: Said, language: str, wanted: str
) -> dict[str, object]:
    """Everything that a page of questions, or the look over them, shows."""
    every = pages(keys, said)
    names = [page.name for page in every]
    place = names.index(wanted) if wanted in names else 0
    done = progress(keys, said)
    shared = {
        "say": words_in(language),
        "language": language,
        "languages": [(k, w, k == language) for k, w in LANGUAGES.items()],
        "progress": done,
        "is_pressing": is_pressing(keys, said),
    }
    if wanted == REVIEW:
        return shared | {"reviewed": reviewed(every, said, language), "page": None}
    return shared | {
        "page": every[place],
        "look_back": _capital(getattr(every[place].instrument.look_back, language)),
        "asks": asks_of_page(every[place], said, language),
        "is_first": place == 0,
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def reviewed(every: Sequence[Page], said: Said, language: str) -> list[Reviewed]:
    """Each question that was asked, with what was answered."""
    return [
        Reviewed(ask.prompt, _chosen(ask), page.name)
        for page in every
        for ask in asks_of_page(page, said, language)
    ]


def _chosen(ask: AskedQuestion) -> str:
    return next((answer.words for answer in ask.answers if answer.is_chosen), "")


def page_named(keys: Sequence[str], said: Said, name: str) -> Page | None:
    return next((page for page in pages(keys, said) if page.name == name), None)


def onward(keys: Sequence[str], said: Said, name: str, go: str) -> str:
    """The page that comes next or before, or the same; after the last the review."""
    if name == REVIEW:
        return REVIEW
    step = {"next": 1, "back": -1}.get(go, 0)
    names = [page.name for page in pages(keys, said)]
    place = names.index(name) + step if name in names else 0
    return names[max(place, 0)] if place < len(names) else REVIEW


def needless(instrument: str, said: Said) -> list[str]:
    """Fields of one instrument that need no answer any more."""
    declared = find(instrument)
    keys = closed(declared, values_of(declared, said))
    return [f"{instrument}.{key}" for key in sorted(keys)]


def told_of_saving(
    keys: Sequence[str], said: Said, instrument: str, language: str, *, is_tablet: bool
) -> dict[str, object]:
    """What the page hears once an answer is kept; where help is, if it is needed now."""
    done = progress(keys, said)
    told: dict[str, object] = {
        "needless": needless(instrument, said),
        "answered": done.answered,
        "of": done.of,
    }
    if is_pressing(keys, said):
        told["help"] = words_in(language)["staff_now" if is_tablet else "help_now"]
    return told


def is_pressing(keys: Sequence[str], said: Said) -> bool:
    """Whether somebody should be told at once where help is."""
    return any(one.danger in PRESSING for one in dangers(keys, said))


def posted_codes(data: Mapping[str, str]) -> dict[str, str]:
    """What a form sent, without anything that a database cannot hold."""
    return {name: value.replace("\x00", "") for name, value in data.items()}
