"""Going through instruments page by page, for a person who answers alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from knowledge.instruments.declaration import Endangered, Item, Values
from knowledge.instruments.reading import NotAllowed, code_of
from knowledge.instruments.registry import Instrument, find

PAGE_ITEMS = 5

# What a person said so far: codes by item, by instrument. No entry: not answered.
type Said = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some questions of one instrument; its name stays the same while answers change."""

    name: str
    instrument: Instrument
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    answered: int
    of: int


def sheet(instrument: Instrument) -> tuple[Item, ...]:
    """The items of the first sheet in use, or all of them."""
    if not instrument.list_orders:
        return instrument.items
    first = instrument.list_orders[0]
    return tuple(item for item in instrument.items if item.key in first)


def values_of(instrument: Instrument, said: Said) -> Values:
    """Every item with its code, or None where it was not answered."""
    given = said.get(instrument.key, {})
    return {key: given.get(key) for key in instrument.item_keys}


def closed(instrument: Instrument, values: Values) -> frozenset[str]:
    """Items that an earlier answer makes needless to ask."""
    settled = instrument.settle(values)
    return frozenset(
        key
        for key, value in settled.items()
        if values[key] is None and value is not None
    )


def pages(keys: Sequence[str], said: Said) -> tuple[Page, ...]:
    """What is to be asked, a few questions at a time."""
    return tuple(page for key in keys for page in _pages_of(find(key), said))


def _pages_of(instrument: Instrument, said: Said) -> Iterator[Page]:
    needless = closed(instrument, values_of(instrument, said))
    for number, group in enumerate(batched(sheet(instrument), PAGE_ITEMS), start=1):
        items = tuple(item for item in group if item.key not in needless)
        if items:
            yield Page(f"{instrument.key}-{number}", instrument, items)


def progress(keys: Sequence[str], said: Said) -> Progress:
    """How many of the questions that are asked were answered."""
    asked = [
        (page.instrument.key, i.key) for page in pages(keys, said) for i in page.items
    ]
    return Progress(
        sum(item in said.get(instrument, {}) for instrument, item in asked), len(asked)
    )


def read_page(page: Page, sent: Mapping[str, str]) -> dict[str, int | None]:
    """The answers of one page as they were sent; refuses what is no answer."""
    return {item.key: code_of(item, sent.get(field(page, item))) for item in page.items}


def field(page: Page, item: Item) -> str:
    """The name under which an answer is sent."""
    return f"{page.instrument.key}.{item.key}"


def read_one(keys: Sequence[str], name: str, raw: str) -> tuple[str, str, int | None]:
    """One answer, sent under its field's name: instrument, item, code."""
    instrument, _, key = name.partition(".")
    if instrument not in keys:
        raise NotAllowed("This is not asked here.")
    items = {item.key: item for item in sheet(find(instrument))}
    if key not in items:
        raise NotAllowed("This is not asked here.")
    return instrument, key, code_of(items[key], raw)


def with_answers(
    said: Said, instrument: str, answers: Mapping[str, int | None]
) -> dict[str, dict[str, int]]:
    """What was said, with some answers given anew or taken back."""
    kept = {key: dict(codes) for key, codes in said.items()}
    now = kept.setdefault(instrument, {})
    for item, code in answers.items():
        if code is None:
            now.pop(item, None)
        else:
            now[item] = code
    return kept


def dangers(keys: Iterable[str], said: Said) -> tuple[Endangered, ...]:
    """What among the answers points to a danger to life."""
    found = (_danger(find(key), said) for key in keys)
    return tuple(one for one in found if one is not None)


def _danger(instrument: Instrument, said: Said) -> Endangered | None:
    return instrument.endangers(instrument.settle(values_of(instrument, said)))


@dataclass(frozen=True, slots=True)
class DangerousAnswer:
    """One answer that points to a danger to life, in the instrument's words."""

    prompt: str
    answer: str


def dangerous_answers(key: str, given: Mapping[str, int]) -> list[DangerousAnswer]:
    """Those of an instrument that are any answer but none, in English: of what its sign
    of danger reads, not of what else it asks."""
    instrument = find(key)
    if instrument.danger is None:
        return []
    groups = instrument.groups
    by_one = instrument.danger.by == "any_answer"
    read = [groups["self_harm"]] if by_one else list(groups.values())
    asked = {item for group in read for item in group}
    return [
        DangerousAnswer(item.prompt.en, choice.words.en)
        for item in instrument.items
        if item.key in asked and given.get(item.key)
        for choice in item.choices
        if choice.value == given[item.key]
    ]
