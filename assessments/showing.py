"""A question with its answer, shaped for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from assessments.instruments.registry import find
from assessments.intake.catalogue import PLACES, STEPS
from assessments.intake.declaration import Ask, Panel, Question, Step
from assessments.intake.progress import Wheel, sheet_of
from assessments.intake.reading import NONE, NOT_KNOWN, ON, VALUE, NotAnAnswer, Sent
from assessments.models import IntakeAnswer
from assessments.sheets import Paper

CIRCLE = 88
MOST_DAYS_IN_HOURS = 2
NOT_KNOWN_WORD = "Not known"
WITH_SOURCE = (Ask.MOMENT, Ask.DAY)
SOURCES = (("person", "They say"), ("record", "Record says"), ("estimate", "Estimated"))


@dataclass(frozen=True, slots=True)
class Option:
    """One button, box or line of a list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer was not kept, and what was typed."""

    message: str
    sent: Sent
    offer: str = ""
    may_keep: str = ""
    is_conflict: bool = False
    theirs: IntakeAnswer | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One question on the page."""

    question: Question
    answer: IntakeAnswer | None = None
    trouble: Trouble | None = None
    is_asked: bool = True

    @property
    def id(self) -> str:
        return self.question.key.replace(".", "-")

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def kind(self) -> str:
        return self.question.kind.value

    @property
    def is_open(self) -> bool:
        return self.answer is None and not self.question.is_extra

    @property
    def revision(self) -> str:
        kept = self.answer
        if self.trouble and self.trouble.is_conflict:
            kept = self.trouble.theirs
        return str(kept.revision) if kept else ""

    @property
    def state(self) -> str:
        """Not known, none, or an answer proper."""
        if self.trouble:
            return self.trouble.sent.state
        if self.answer is None:
            return ""
        if not self.answer.is_known:
            return NOT_KNOWN
        return NONE if self.answer.value in ([], "never", NONE) else ""

    @property
    def chosen(self) -> frozenset[str]:
        if self.trouble:
            return frozenset((*self.trouble.sent.values, self.trouble.sent.state))
        return frozenset((*self._values(), self.state))

    def _values(self) -> tuple[str, ...]:
        value = self.answer.value if self.answer and self.answer.is_known else None
        if isinstance(value, bool):
            return ("yes" if value else "no",)
        if isinstance(value, list):
            return tuple(str(one) for one in value)
        return () if value is None else (str(value),)

    @property
    def options(self) -> list[Option]:
        """The answers; then none, where that is one, and not known."""
        question, chosen = self.question, self.chosen
        words = dict(question.choices)
        if question.none_word and question.kind is not Ask.CHOICE:
            words[NONE] = question.none_word
        words[NOT_KNOWN] = NOT_KNOWN_WORD
        return [Option(v, label, v in chosen) for v, label in words.items()]

    @property
    def states(self) -> list[Option]:
        """Beside a field that is typed in: none, where that is one, and not known."""
        words = {NONE: self.question.none_word} if self.question.none_word else {}
        words[NOT_KNOWN] = NOT_KNOWN_WORD
        return [Option(v, label, v == self.state) for v, label in words.items()]

    @property
    def sources(self) -> list[Option]:
        given = self.trouble.sent.source if self.trouble else None
        kept = self.answer.source if self.answer else "person"
        return [Option(v, label, v == (given or kept)) for v, label in SOURCES]

    @property
    def has_source(self) -> bool:
        return self.question.kind in WITH_SOURCE

    @property
    def text(self) -> str:
        """What stands in the field."""
        if self.trouble:
            return self.trouble.sent.text
        if self.state or self.answer is None:
            return ""
        value = self.answer.value
        if isinstance(value, dict):
            return str(value.get(VALUE, ""))
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        return _clock(str(value)) if self.kind == Ask.MOMENT else str(value)

    @property
    def on(self) -> str:
        """The day of a measurement."""
        if self.trouble:
            return self.trouble.sent.on
        value = self.answer.value if self.answer else None
        return str(value.get(ON) or "") if isinstance(value, dict) else ""

    @property
    def words(self) -> str:
        """The answer in words, as somebody else reads it."""
        named = [o.label for o in self.options if o.is_chosen]
        return ", ".join(named) or self.text

    @property
    def their_words(self) -> str:
        """The answer that somebody else gave meanwhile."""
        theirs = self.trouble.theirs if self.trouble else None
        return Row(self.question, theirs).words

    @property
    def ago(self) -> str:
        """How long before its answer a moment was, as the save line tells it."""
        value = self.answer.value if self.answer and not self.state else None
        if self.kind != Ask.MOMENT or not isinstance(value, str) or not self.answer:
            return ""
        span = self.answer.answered_at - datetime.fromisoformat(value)
        hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
        if span.days > MOST_DAYS_IN_HOURS:
            return f"{span.days} days before"
        return f"{hours} h {minutes} min before"

    @property
    def names(self) -> str:
        return ",".join(self.question.names)


def _clock(moment: str) -> str:
    """A moment on the clinic's clock, as a field for day and time takes it."""
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Section:
    """One panel of a step."""

    panel: Panel
    rows: list[Row]
    is_asked: bool
    summary: str = ""
    alerts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spoke:
    """One step on the rail."""

    step: Step
    wheel: Wheel
    is_current: bool

    @property
    def dash(self) -> str:
        return dash(self.wheel)


def dash(wheel: Wheel) -> str:
    """How much of the wheel's rim is drawn."""
    share = wheel.answered / wheel.expected if wheel.expected else 1
    return f"{share * CIRCLE:.1f} {CIRCLE}"


def rail(paper: Paper, current: str) -> list[Spoke]:
    parts = paper.wheels
    return [Spoke(step, parts[step.key], step.key == current) for step in STEPS]


def sections(
    step: Step, paper: Paper, troubles: Mapping[str, Trouble] | None = None
) -> list[Section]:
    """The panels of a step; what is not asked of this person comes along, unseen."""
    return [section(panel, paper, troubles or {}) for panel in step.panels]


def section(panel: Panel, paper: Paper, troubles: Mapping[str, Trouble]) -> Section:
    asked = {q.key for q in panel.asked(paper.known)}
    rows = [
        Row(q, paper.rows.get(q.key), troubles.get(q.key), q.key in asked)
        for q in panel.questions
    ]
    summary, alerts = _score(panel, paper)
    return Section(panel, rows, panel.is_asked(paper.known), summary, alerts)


def _score(panel: Panel, paper: Paper) -> tuple[str, list[str]]:
    """What the answers to an instrument come to so far, in words."""
    if not panel.instrument:
        return "", []
    sheet = sheet_of(panel.instrument, paper.answers, paper.known)
    if not sheet.is_begun:
        return "", []
    result = sheet.score()
    declared = find(panel.instrument)
    total = "" if result.total is None else f"{result.total}"
    words = ", ".join(part for part in (total, result.band or "") if part)
    flags = [
        declared.flag_words[f].en for f in result.flags if f in declared.flag_words
    ]
    return words or f"{sheet.untouched} left", flags


def row_of(key: str, paper: Paper, trouble: Trouble | None = None) -> Row:
    _, panel, question = PLACES[key]
    asked = {q.key for q in panel.asked(paper.known)}
    return Row(question, paper.rows.get(key), trouble, key in asked)


def trouble_of(refusal: NotAnAnswer, sent: Sent) -> Trouble:
    return Trouble(str(refusal), sent, offer=refusal.offer, may_keep=refusal.may_keep)
