"""The shape of an instrument's file, and the values that scoring works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from knowledge.cited import Cited
from knowledge.conditions import Declared, FactValues, all_hold

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


def _words(raw: object) -> object:
    return Words(*raw) if isinstance(raw, list) else raw


# Words as a table declares them: English, then Spanish.
type Both = Annotated[Words, BeforeValidator(_words)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed answer: its code, its anchor, and other spellings it is read from."""

    value: int
    words: Both
    also: tuple[str, ...] = ()
    loinc: str | None = None

    @property
    def words_known(self) -> tuple[str, ...]:
        """What it is called in both languages, and its LOINC code."""
        return (self.words.en, self.words.es, *filter(None, (self.loinc,)))


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A question and its allowed answers; `optional` items carry no score."""

    key: str
    prompt: Both
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
    # The highest value of each code, and the code beyond the last.
    steps: tuple[tuple[int, int], ...]
    beyond: int
    also: tuple[str, ...] = ()

    def derive(self, value: int) -> int:
        codes = (code for highest, code in self.steps if value <= highest)
        return next(codes, self.beyond)


class InstrumentKind(StrEnum):
    YES_NO = "yes or no"
    CHOICE = "choice"
    WHOLE = "whole number"
    DAY = "date"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that scoring needs besides the answers, such as recorded sex."""

    key: str
    prompt: Both
    kind: InstrumentKind
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

    lowest: int
    name: str
    words: Both


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the scoring rule says of valid answers."""

    status: Status
    total: Number | None = None
    band: str | None = None
    subscales: Mapping[str, Number | str | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class DangerSign:
    """How answers show a danger to life (a name in `rules.DANGERS`), and its words."""

    by: str
    words: Both


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something said beside a total, and when; in words for a screen where it has them.

    An alert is raised whatever the total, also on an unfinished or invalid sheet. A flag
    given by the rule itself has words to fill, or a place among others.
    """

    says: str
    when: tuple[Declared, ...] = ()
    words: Both | None = None
    alert: bool = False
    by_rule: bool = False

    def is_raised(self, facts: Mapping[str, object | None]) -> bool:
        return not self.by_rule and all_hold(self.when, FactValues(facts)) is True


@dataclass(frozen=True, slots=True)
class Skip:
    """Items that an answer to an earlier one settles."""

    item: str
    code: int
    closes: tuple[str, ...]
    to: int
    keeps_answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Declaration(Cited):
    """One instrument, whole: what is asked, how it is scored, and where that is from."""

    key: str
    version: str
    title: Both
    licence: str
    look_back: Both
    items: tuple[Item, ...]
    # A name in `rules.SCORING`.
    scoring: str
    short: str = ""
    also: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    subscales: tuple[str, ...] = ()
    missing_rule: str = "All items are required; nothing is filled in."
    flags: Mapping[str, Flag] = field(default_factory=dict)
    context: tuple[Question, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    skips: tuple[Skip, ...] = ()
    danger: DangerSign | None = None
    # Items that belong together, numbers and words that the scoring rule reads.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Items of which a low answer counts as a high one.
    reversed: tuple[str, ...] = ()
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

    @property
    def scored_keys(self) -> tuple[str, ...]:
        """The keys of the items that carry a score."""
        return tuple(item.key for item in self.items if not item.optional)

    @property
    def flag_words(self) -> Mapping[str, Words]:
        """The words of each flag that has some."""
        return {one.says: one.words for one in self.flags.values() if one.words}

    def item(self, key: str) -> Item:
        return next(item for item in self.items if item.key == key)

    def raised(self, facts: Mapping[str, object | None]) -> tuple[str, ...]:
        """The flags that are no alerts and that the facts of this sheet raise."""
        flags = (flag for flag in self.flags.values() if not flag.alert)
        return tuple(flag.says for flag in flags if flag.is_raised(facts))

    def settle(self, values: Values) -> Values:
        """The answers with those that an earlier one settles."""
        settled = dict(values)
        for skip in self.skips:
            if values[skip.item] == skip.code:
                for key in skip.closes:
                    if not (skip.keeps_answers and settled[key] is not None):
                        settled[key] = skip.to
        return settled
