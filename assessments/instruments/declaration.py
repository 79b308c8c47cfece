"""What an instrument is: one declaration. No Django, database or clock in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

type Values = Mapping[str, int | None]
type Said = int | str | date | None
type Number = int | float


class Status(StrEnum):
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing in English and Spanish, in our own wording."""

    en: str
    es: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed answer: its code, its anchor, and other spellings it is read from."""

    value: int
    words: Words
    also: tuple[str, ...] = ()
    loinc: str | None = None

    @property
    def words_known(self) -> tuple[str, ...]:
        """What it is called in both languages, and its LOINC code."""
        return (self.words.en, self.words.es, *filter(None, (self.loinc,)))


@dataclass(frozen=True, slots=True)
class Item:
    """A question and its allowed answers; `optional` items carry no score."""

    key: str
    prompt: Words
    choices: tuple[Choice, ...]
    number: str | None = None
    also: tuple[str, ...] = ()
    loinc: str | None = None
    optional: bool = False

    @property
    def allowed(self) -> tuple[int, ...]:
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Derivation:
    """An item worked out from what was measured, so that nobody codes it by hand."""

    raw: str
    item: str
    unit: str
    lowest: int
    highest: int
    derive: Callable[[int], int]
    also: tuple[str, ...] = ()


class Kind(StrEnum):
    YES_NO = "yes or no"
    CHOICE = "choice"
    WHOLE = "whole number"
    DAY = "date"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that scoring needs besides the answers, such as recorded sex."""

    key: str
    prompt: Words
    kind: Kind
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lowest: int = 0
    highest: int = 0
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What was said besides the answers; a question nobody asked is None."""

    said: Mapping[str, Said] = field(default_factory=dict)

    def truth(self, key: str) -> bool | None:
        value = self.said.get(key)
        return None if value is None else value == 1

    def number(self, key: str) -> int | None:
        value = self.said.get(key)
        return value if isinstance(value, int) else None

    def word(self, key: str) -> str | None:
        value = self.said.get(key)
        return value if isinstance(value, str) else None

    def day(self, key: str) -> date | None:
        value = self.said.get(key)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of the total, from its lowest value upward."""

    lowest: Number
    name: str
    words: Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the scoring rule says of valid answers."""

    status: Status
    total: Number | None = None
    band: str | None = None
    subscales: Mapping[str, Number | str | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


type Rule = Callable[[Values, Context], Outcome]


def as_answered(values: Values) -> Values:
    return values


def no_alerts(_: Values) -> tuple[str, ...]:
    return ()


class Danger(StrEnum):
    """How far answers point to a danger to life; the last is the most pressing."""

    LOW = "low"
    UNSCREENED = "unscreened"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Endangered:
    """That answers point to a danger to life, and which ones."""

    danger: Danger
    words: Words


def no_danger(_: Values) -> Endangered | None:
    return None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument, whole: what is asked, how it is scored, and where that is from."""

    key: str
    version: str
    title: Words
    licence: str
    source: str
    tag: str
    look_back: Words
    items: tuple[Item, ...]
    rule: Rule
    also: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    subscales: tuple[str, ...] = ()
    missing_rule: str = "All items are required; nothing is filled in."
    flag_words: Mapping[str, Words] = field(default_factory=dict)
    context: tuple[Question, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    settle: Callable[[Values], Values] = as_answered
    alerts: Callable[[Values], tuple[str, ...]] = no_alerts
    endangers: Callable[[Values], Endangered | None] = no_danger
    # Whether this is the screen that an unscreened danger waits for.
    screens_danger: bool = False
    # Why only staff may ask it; empty where people answer it themselves.
    staff_only: str = ""
    # Why it is not sent home by a link; empty where it may be.
    not_by_link: str = ""
    loinc: str | None = None
    loinc_total: str | None = None
    list_orders: tuple[tuple[str, ...], ...] = ()

    @property
    def item_keys(self) -> tuple[str, ...]:
        return tuple(item.key for item in self.items)

    def item(self, key: str) -> Item:
        return next(item for item in self.items if item.key == key)
