"""From what was sent to allowed codes: every refusal names its item."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.instruments.declaration import Declaration, Derivation, Item, Values

UNANSWERED = frozenset({"", "unknown", "not known", "unanswered", "not answered"})
LONGEST_QUOTE = 40


class NotAllowed(Exception):
    """The value is not among the answers of its item."""


@dataclass(frozen=True, slots=True)
class ItemError:
    """What is wrong, and with which item; None where it is the whole sheet."""

    item: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers as codes, one entry an item, and what could not be read."""

    values: Values
    errors: tuple[ItemError, ...] = ()


def plain(name: str) -> str:
    """A name without case, dashes and spaces, for lenient lookup."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def quoted(raw: object) -> str:
    """What was sent, short enough to stand in a message."""
    text = repr(raw)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."


def near(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known names, or all of them."""
    everything = list(known)
    close = difflib.get_close_matches(plain(name), everything, n=3, cutoff=0.5)
    label = "Near" if close else "Known"
    return f"{label}: {', '.join(close or everything)}."


@lru_cache(maxsize=1024)
def spellings(item: Item) -> dict[str, int]:
    """Each word that stands for an answer, with the answer's code."""
    found: dict[str, int] = {}
    for choice in item.choices:
        for word in (*choice.words_known, *choice.also):
            found.setdefault(word.casefold(), choice.value)
    return found


def whole(raw: object) -> int:
    """A whole number from a number or its digits."""
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.removeprefix("-").isdecimal() and len(raw) < 7:
        return int(raw)
    raise NotAllowed(f"{quoted(raw)} is not a whole number.")


def code_of(item: Item, raw: object) -> int | None:
    """The code of one answer; None is unanswered, anything else must be allowed."""
    word = str(raw).strip().casefold() if isinstance(raw, bool | str) else None
    if raw is None or word in UNANSWERED:
        return None
    known = spellings(item)
    if word in known:
        return known[word]
    return _among(item, raw if word is None else word, raw)


def _among(item: Item, value: object, raw: object) -> int:
    allowed = ", ".join(str(one) for one in item.allowed)
    refusal = f"{quoted(raw)} is not an answer to {item.key}; allowed: {allowed}."
    try:
        code = whole(value)
    except NotAllowed:
        raise NotAllowed(refusal) from None
    if code not in item.allowed:
        raise NotAllowed(refusal)
    return code


def derived(derivation: Derivation, raw: object) -> int | None:
    """The item's code worked out from the measured value."""
    if raw is None:
        return None
    value = whole(raw)
    if not derivation.lowest <= value <= derivation.highest:
        raise NotAllowed(
            f"{value} {derivation.unit} is outside "
            f"{derivation.lowest} to {derivation.highest}."
        )
    return derivation.derive(value)


@lru_cache(maxsize=64)
def item_names(instrument: Declaration) -> dict[str, str]:
    """Every lenient name of an item, with the item's key; keys before numbers."""
    names: dict[str, str] = {}
    for item in instrument.items:
        for name in (item.key, *item.also, item.loinc or item.key):
            names.setdefault(plain(name), item.key)
    for position, item in enumerate(instrument.items, start=1):
        number = item.number or str(position)
        for before in ("", "q", "c", "item", "criterion", instrument.key):
            names.setdefault(plain(f"{before}{number}"), item.key)
    return names


def read_answers(instrument: Declaration, raw: object) -> Sheet:
    """Codes for every item of the sheet, and an error for each that is refused."""
    if isinstance(raw, Mapping):
        return _from_names(instrument, raw)
    if isinstance(raw, list | tuple):
        return _from_list(instrument, raw)
    blank = dict.fromkeys(instrument.item_keys)
    message = "Answers are an object of item and value, or a list in order."
    return Sheet(blank, (ItemError(None, message),))


def _orders(instrument: Declaration) -> list[tuple[str, ...]]:
    required = tuple(item.key for item in instrument.items if not item.optional)
    return [instrument.item_keys, required, *instrument.list_orders]


def _from_list(instrument: Declaration, raw: Sequence[object]) -> Sheet:
    orders = _orders(instrument)
    fitting = next((order for order in orders if len(order) == len(raw)), None)
    if fitting is None:
        lengths = " or ".join(str(n) for n in sorted({len(o) for o in orders}))
        message = f"{len(raw)} answers were sent; {instrument.key} has {lengths}."
        blank = dict.fromkeys(instrument.item_keys)
        return Sheet(blank, (ItemError(None, message),))
    return _from_names(instrument, dict(zip(fitting, raw, strict=True)))


def _from_names(instrument: Declaration, raw: Mapping[object, object]) -> Sheet:
    values: dict[str, int | None] = dict.fromkeys(instrument.item_keys)
    errors: list[ItemError] = []
    named = item_names(instrument)
    measured = {
        plain(name): derivation
        for derivation in instrument.derivations
        for name in (derivation.raw, *derivation.also)
    }
    taken: set[str] = set()
    for name, value in raw.items():
        label = str(name)
        try:
            key, code = _one(instrument, named, measured, label, value)
            _keep(values, taken, key, code)
        except NotAllowed as refusal:
            errors.append(
                ItemError(named.get(plain(label), label[:LONGEST_QUOTE]), str(refusal))
            )
    return Sheet(values, tuple(errors))


def _one(
    instrument: Declaration,
    named: Mapping[str, str],
    measured: Mapping[str, Derivation],
    name: str,
    value: object,
) -> tuple[str, int | None]:
    if plain(name) in named:
        key = named[plain(name)]
        return key, code_of(instrument.item(key), value)
    if plain(name) in measured:
        derivation = measured[plain(name)]
        return derivation.item, derived(derivation, value)
    known = [*instrument.item_keys, *(d.raw for d in measured.values())]
    unknown = f"{instrument.key} has no item {quoted(name)}."
    raise NotAllowed(f"{unknown} {near(name, dict.fromkeys(known))}")


def _keep(
    values: dict[str, int | None], taken: set[str], key: str, code: int | None
) -> None:
    if key in taken and values[key] != code:
        raise NotAllowed(f"{key} was answered twice, and differently.")
    taken.add(key)
    values[key] = code
