"""Plans for hard days: their parts, the lines to call, and the words of the cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.formulary.lines import section
from knowledge.instruments.declaration import Both, Words
from knowledge.medicines import medicines
from knowledge.schedule.pathways import EventKind
from knowledge.tables import shaped, shipped

NOTHING = Words("", "")


class HardDayKind(StrEnum):
    """Which of the two."""

    SAFETY = "safety"
    USE = "use"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartQuestion:
    """One thing that is asked for a part, with its answers; without one it was not asked."""

    key: str
    label: str
    ask: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HardDayPartForm:
    """One part of a plan: its title for the person, and what is asked."""

    key: str
    title: Both
    ask: str
    short: Both = NOTHING
    needed: bool = False
    asks: tuple[PartQuestion, ...] = ()
    # Whether the lines to call stand under it, or the words about a missed dose.
    has_lines: bool = False
    has_missed_dose: bool = False
    # The field of the card on which it stands; on none, it stays off paper.
    card: int = 0

    @property
    def heading(self) -> Words:
        """What stands above it once it is agreed."""
        return self.short if self.short.en else self.title


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HardDayForm(Cited):
    """One kind of plan; looked at again every `review_days`, and after some events."""

    title: Both
    staff_title: str
    review_days: int
    after: tuple[EventKind, ...]
    part: tuple[HardDayPartForm, ...]

    def named(self, key: str) -> HardDayPartForm | None:
        return next((one for one in self.part if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HelpLine(Cited):
    """A number that anybody may call."""

    key: str
    name: Both
    number: str
    words: Both
    of: tuple[HardDayKind, ...]
    text_to: str = ""
    first: bool = False
    # Whether somebody stays on it while a person uses.
    on_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CardLine(Cited):
    """One line of a card, the same for everybody."""

    words: Both


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CardWords:
    """All lines of the cards that are not the person's own."""

    missed: Mapping[str, CardLine]
    if_use: tuple[CardLine, ...]
    not_awake: tuple[CardLine, ...]
    labels: Mapping[str, Both]


@cache
def hard_day_form(kind: HardDayKind) -> HardDayForm:
    return shaped(HardDayForm, _tables()[kind], f"hard_days/{kind}")


@cache
def help_lines() -> tuple[HelpLine, ...]:
    return shaped(
        tuple[HelpLine, ...], _tables()["help_lines"]["line"], "hard_days/help_lines"
    )


def lines_of(kind: HardDayKind) -> tuple[HelpLine, ...]:
    """The lines of one kind of plan, the first to call first."""
    return tuple(one for one in help_lines() if kind in one.of)


@cache
def card_words() -> CardWords:
    return shaped(CardWords, _tables()["card"], "hard_days/card")


def _tables() -> Mapping[str, Mapping[str, object]]:
    tables: Mapping[str, Mapping[str, object]] = shipped()["hard_days"]
    return tables


def in_language(words: Words, language: str) -> str:
    return words.es if language == "es" else words.en


def labels_in(language: str) -> dict[str, str]:
    """Every label of cards and phone pages in one language."""
    return {k: in_language(one, language) for k, one in card_words().labels.items()}


def missed_dose_words(medication: str | None, language: str) -> str:
    """What to do about a missed dose of what is taken; of nothing, how to come back."""
    return in_language(card_words().missed[_missed_key(medication)].words, language)


def _missed_key(medication: str | None) -> str:
    if medication is None:
        return "none"
    about = medicines()[medication]
    if about.ingredient == "naltrexone":
        return "naltrexone"
    return "depot" if about.is_depot else about.ingredient


def if_use_lines(language: str) -> list[str]:
    """What keeps somebody alive who uses after a time without."""
    number = next(one.number for one in lines_of(HardDayKind.USE) if one.on_use)
    return [
        in_language(one.words, language).format(number=number)
        for one in card_words().if_use
    ]


def not_awake_lines(language: str) -> list[str]:
    """What others do, in order; the minutes are the formulary's."""
    steps = section("reversal", "use").line("steps")
    low, high = steps["low"], steps["high"]
    return [
        in_language(one.words, language).format(low=low, high=high)
        for one in card_words().not_awake
    ]
