"""What a question, a panel and a step are. No Django, database or clock in here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from assessments.facts import FACTS

type Given = Mapping[str, object]
type Choices = Mapping[str, str]

# A segment of buttons holds few short answers; more of them go into a list.
MOST_IN_SEGMENT = 4
LONGEST_SEGMENT = 44


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


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold of another answer before a question is asked."""

    question: str
    holds: Callable[[object], bool]


def when(question: str, *values: object) -> Condition:
    """Asked once the other answer is one of these; a list needs one of them in it."""
    return Condition(question, lambda given: _among(given, values))


def unless(question: str, *values: object) -> Condition:
    """Asked as long as the other answer is none of these, also while it is open."""
    return Condition(question, lambda given: not _among(given, values))


def when_yes(question: str) -> Condition:
    """Asked once the other answer is yes."""
    return Condition(question, lambda given: given is True)


def unless_no(question: str) -> Condition:
    """Asked as long as the other answer is not no."""
    return Condition(question, lambda given: given is not False)


def below(question: str, limit: int) -> Condition:
    """Asked below a number, and while the number is not known."""
    return Condition(
        question, lambda given: not isinstance(given, int) or given < limit
    )


def at_least(question: str, limit: int) -> Condition:
    """Asked from a number on."""
    return Condition(question, lambda given: isinstance(given, int) and given >= limit)


def dated(question: str) -> Condition:
    """Asked once the other answer is a moment, not never."""
    return Condition(
        question, lambda given: isinstance(given, str) and given != "never"
    )


def _among(given: object, values: tuple[object, ...]) -> bool:
    if isinstance(given, list):
        return any(value in given for value in values)
    return given in values


@dataclass(frozen=True, slots=True)
class Usual:
    """A number beyond which a slip of the finger is likelier than the truth."""

    high: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
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
    only: tuple[Condition, ...] = ()
    none_word: str = ""
    is_extra: bool = False

    @property
    def is_fact(self) -> bool:
        return self.key in FACTS

    @property
    def is_segment(self) -> bool:
        """Whether the answers fit side by side."""
        letters = sum(map(len, self.choices.values()))
        return len(self.choices) <= MOST_IN_SEGMENT and letters <= LONGEST_SEGMENT

    @property
    def is_wide(self) -> bool:
        """Whether the answer needs the whole row."""
        return self.kind in (Ask.WORDS, Ask.TEXT, Ask.LISTED, Ask.SEVERAL)

    @property
    def names(self) -> tuple[str, ...]:
        """What a form may send for this question."""
        parts = ("", "__state", "__source", "__on", "__sure", "__revision")
        return tuple(self.key + part for part in parts)

    def is_asked(self, given: Given) -> bool:
        return all(c.holds(given.get(c.question)) for c in self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Questions that belong together; with an instrument, its items."""

    key: str
    title: str
    questions: tuple[Question, ...]
    instrument: str = ""
    lead: str = ""
    only: tuple[Condition, ...] = ()

    def is_asked(self, given: Given) -> bool:
        return all(c.holds(given.get(c.question)) for c in self.only)

    def asked(self, given: Given) -> tuple[Question, ...]:
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
    def questions(self) -> tuple[Question, ...]:
        return tuple(q for panel in self.panels for q in panel.questions)

    def asked(self, given: Given) -> tuple[Question, ...]:
        return tuple(q for panel in self.panels for q in panel.asked(given))


def panel(
    key: str,
    title: str,
    *questions: Question,
    lead: str = "",
    only: Iterable[Condition] = (),
) -> Panel:
    return Panel(key=key, title=title, questions=questions, lead=lead, only=tuple(only))
