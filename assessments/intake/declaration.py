"""Declaration of questions, panels and steps. No Django, database or clock in here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from assessments.facts import FACTS
from knowledge.conditions import (
    Condition,
    Declared,
    FactTest,
    Unless,
    all_hold,
)
from knowledge.told import ShownOn

type Given = Mapping[str, object]
type Choices = Mapping[str, str]

# A segment of buttons holds short answers, beside the question where they are few
# and below it where they are more; what is longer still goes into a list.
MOST_IN_SEGMENT, LONGEST_SEGMENT = 11, 70
MOST_BESIDE, LONGEST_BESIDE = 5, 44
# An instrument with more questions after its first keeps them folded.
MOST_UNFOLDED = 4
YES_NO = {"yes": "Yes", "no": "No"}


class Ask(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    SEVERAL = "several"
    NUMBER = "number"
    MEASURED = "measured"
    MOMENT = "moment"
    DAY = "day"
    LISTED = "listed"
    TEXT = "text"
    WORDS = "words"
    ROWS = "rows"


def when(question: str, *values: str) -> Condition:
    """Asked once the other answer is one of these; a list needs one of them in it."""
    return FactTest(question, "any_of", list(values))


def unless(question: str, *values: str) -> Condition:
    """Asked as long as the other answer is none of these, also while it is open."""
    return Unless(when(question, *values))


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """Answers as facts; `uses.days` is the highest number in a column of rows."""

    given: Given
    as_of: datetime | None = None

    def value(self, name: str) -> object | None:
        if name in self.given:
            return self.given[name]
        key, _, column = name.partition(".")
        rows = [row for row in _listed(self.given.get(key)) if isinstance(row, dict)]
        numbers = [row.get(column) for row in rows]
        return max((n for n in numbers if isinstance(n, int)), default=None)


def all_met(conditions: Iterable[Condition], given: Given) -> bool:
    """Whether a question or panel with these conditions is asked."""
    return all_hold(conditions, AnswerFacts(given)) is True


@dataclass(frozen=True, slots=True)
class Usual:
    """A number beyond which a slip of the finger is likelier than the truth."""

    high: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeQuestion:
    """One question; where its key is a fact's name, its answer is that fact."""

    key: str
    ask: str
    kind: Ask
    help: str = ""
    why: str = ""
    choices: Choices = field(default_factory=dict)
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    is_whole: bool = False
    usual: Usual | None = None
    only: tuple[Declared, ...] = ()
    none_word: str = ""
    is_extra: bool = False
    # Part of the quick start; asked anew in each intake, however short ago.
    is_quick: bool = False
    is_asked_anew: bool = False
    # Of a question with rows: what is asked in each, what a row may be about, and
    # the questions whose named answers each bring a row.
    columns: tuple["IntakeQuestion", ...] = ()
    kinds: Choices = field(default_factory=dict)
    of: tuple[str, ...] = ()
    add_word: str = ""
    # Of a column: the rows in which it is asked, where not in all.
    for_kinds: tuple[str, ...] = ()
    # A piece of a page, by its name, that says more beside the answer.
    beside: str = ""
    # The page that shows the answer as it was told, and the question in few words there.
    shown: ShownOn | None = None
    label: str = ""

    @property
    def is_fact(self) -> bool:
        return self.key in FACTS

    @property
    def is_segment(self) -> bool:
        """Whether the answers fit side by side."""
        return self._fits(MOST_IN_SEGMENT, LONGEST_SEGMENT)

    def _fits(self, most: int, longest: int) -> bool:
        letters = sum(map(len, self.choices.values()))
        return len(self.choices) <= most and letters <= longest

    @property
    def is_wide(self) -> bool:
        """Whether the answer needs the whole row."""
        if self.kind is Ask.CHOICE:
            return self.is_segment and not self._fits(MOST_BESIDE, LONGEST_BESIDE)
        return self.kind in (Ask.WORDS, Ask.TEXT, Ask.LISTED, Ask.SEVERAL, Ask.ROWS)

    @property
    def names(self) -> tuple[str, ...]:
        """What a form may send for this question."""
        parts = ("", "__state", "__source", "__on", "__ago", "__sure", "__revision")
        return tuple(self.key + part for part in parts)

    def is_asked(self, given: Given) -> bool:
        return all_met(self.only, given)

    def kinds_of(self, given: Given) -> tuple[str, ...]:
        """What has a row from the start: whatever was named elsewhere."""
        named = {str(v) for key in self.of for v in _listed(given.get(key))}
        return tuple(kind for kind in self.kinds if kind in named)

    def columns_of(self, kind: str) -> tuple["IntakeQuestion", ...]:
        """What is asked in a row of this kind."""
        return tuple(c for c in self.columns if not c.for_kinds or kind in c.for_kinds)


def _listed(given: object) -> list[object]:
    return given if isinstance(given, list) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Questions that belong together; with an instrument, its items.

    `may_end_in_no`: one press may answer no to all that is left. `is_protected`: the
    answers stay off printed plans and away from proxies.
    """

    key: str
    title: str
    questions: tuple[IntakeQuestion, ...]
    instrument: str = ""
    lead: str = ""
    only: tuple[Declared, ...] = ()
    may_end_in_no: bool = False
    is_protected: bool = False

    def is_asked(self, given: Given) -> bool:
        return all_met(self.only, given)

    @property
    def folds(self) -> int:
        """How many questions stay folded below the first of a long instrument."""
        more = len(self.questions) - 1
        return more if self.instrument and more > MOST_UNFOLDED else 0

    def asked(self, given: Given) -> tuple[IntakeQuestion, ...]:
        """The questions that apply to this person."""
        if not self.is_asked(given):
            return ()
        return tuple(q for q in self.questions if q.is_asked(given))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the intake."""

    key: str
    title: str
    lead: str
    panels: tuple[Panel, ...]

    @property
    def questions(self) -> tuple[IntakeQuestion, ...]:
        return tuple(q for panel in self.panels for q in panel.questions)

    def asked(self, given: Given) -> tuple[IntakeQuestion, ...]:
        return tuple(q for panel in self.panels for q in panel.asked(given))
