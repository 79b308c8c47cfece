"""A question with its answer, shaped for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from assessments.intake.catalogue import PLACES, gated_by
from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.parsing import NotAnAnswer
from assessments.intake.reading import NONE, NOT_KNOWN
from assessments.intake.rows import RowsRefused
from assessments.intake.submission import ON, SIGN, VALUE, Submission
from assessments.intake_page.answers import IntakeAnswers
from assessments.intake_page.choices import NOT_KNOWN_WORD, ChoiceOption, options_of
from assessments.intake_page.table_answer import Cells, TableLine, kept_cells, lines_of
from assessments.models import IntakeAnswer

MOST_DAYS_IN_HOURS = 2
WITH_SOURCE = (Ask.MOMENT, Ask.DAY)
SOURCES = (("person", "They say"), ("record", "Record says"), ("estimate", "Estimated"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer was not kept, and what was typed."""

    message: str
    sent: Submission
    offer: str = ""
    may_keep: str = ""
    is_conflict: bool = False
    theirs: IntakeAnswer | None = None
    # Of a question with rows: what is wrong in which row and column.
    faults: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question on the page."""

    question: IntakeQuestion
    answer: IntakeAnswer | None = None
    trouble: Trouble | None = None
    is_asked: bool = True
    # Of a question with rows: what has one, and whether an empty one was asked for.
    kinds: tuple[str, ...] = ()
    with_blank: bool = False

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
    def gates(self) -> bool:
        """Whether other questions, or their rows, hang on its answer."""
        return bool(gated_by(self.key))

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
            return () if self._has_rows else tuple(str(one) for one in value)
        return () if value is None else (str(value),)

    @property
    def options(self) -> list[ChoiceOption]:
        return options_of(self.question, self.chosen)

    @property
    def lines(self) -> list[TableLine]:
        """The rows of an answer that holds several."""
        faults = self.trouble.faults if self.trouble else {}
        return lines_of(
            self.question, self._cells(), self.kinds, faults, blank=self.with_blank
        )

    def _cells(self) -> Mapping[str, Cells]:
        if self.trouble:
            return self.trouble.sent.rows
        return kept_cells(self.question, self.answer.value if self.answer else None)

    @property
    def is_carried(self) -> bool:
        return self.answer is not None and self.answer.is_carried

    @property
    def was(self) -> IntakeAnswer | None:
        """What the earlier intake held, where it has changed since."""
        before = self.answer.carried_from if self.answer else None
        if before is None or self.answer is None:
            return None
        same = (before.value, before.is_known) == (
            self.answer.value,
            self.answer.is_known,
        )
        return None if same else before

    @property
    def was_words(self) -> str:
        return QuestionRow(self.question, self.was, kinds=self.kinds).words

    @property
    def states(self) -> list[ChoiceOption]:
        """Beside a field that is typed in: none, where that is one, and not known."""
        words = {NONE: self.question.none_word} if self.question.none_word else {}
        words[NOT_KNOWN] = NOT_KNOWN_WORD
        return [ChoiceOption(v, label, v == self.state) for v, label in words.items()]

    @property
    def sources(self) -> list[ChoiceOption]:
        given = self.trouble.sent.source if self.trouble else None
        kept = self.answer.source if self.answer else "person"
        return [ChoiceOption(v, label, v == (given or kept)) for v, label in SOURCES]

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
            return f"{value.get(SIGN, '')}{value.get(VALUE, '')}"
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
        if self._has_rows and not self.state:
            rows = kept_cells(self.question, self.answer.value if self.answer else None)
            kinds = tuple(k for k in rows if k in self.question.kinds)
            lines = lines_of(self.question, rows, kinds, {})
            return "; ".join(line.words for line in lines if line.kind)
        named = [o.label for o in self.options if o.is_chosen]
        return ", ".join(named) or self.text

    @property
    def their_words(self) -> str:
        """The answer that somebody else gave meanwhile."""
        theirs = self.trouble.theirs if self.trouble else None
        return QuestionRow(self.question, theirs, kinds=self.kinds).words

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
        cells = [n for line in self.lines for n in line.names] if self._has_rows else []
        return ",".join((*self.question.names, *cells))

    @property
    def _has_rows(self) -> bool:
        return self.question.kind is Ask.ROWS


def _clock(moment: str) -> str:
    """A moment on the clinic's clock, as a field for day and time takes it."""
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%Y-%m-%dT%H:%M}"


def row_of(
    key: str,
    answers: IntakeAnswers,
    trouble: Trouble | None = None,
    *,
    with_blank: bool = False,
) -> QuestionRow:
    """One question as it stands for this person."""
    _, panel, question = PLACES[key]
    asked = {q.key for q in panel.asked(answers.known)}
    row = shown(question, answers, trouble, is_asked=key in asked)
    return replace(row, with_blank=with_blank)


def shown(
    question: IntakeQuestion,
    answers: IntakeAnswers,
    trouble: Trouble | None,
    *,
    is_asked: bool,
) -> QuestionRow:
    """A question with its answer, and the rows that it has for this person."""
    return QuestionRow(
        question,
        answers.rows.get(question.key),
        trouble,
        is_asked,
        question.kinds_of(answers.known),
    )


def trouble_of(refusal: NotAnAnswer, sent: Submission) -> Trouble:
    """What is wrong with what was sent, as the page tells it."""
    faults = refusal.faults if isinstance(refusal, RowsRefused) else {}
    return Trouble(
        str(refusal),
        sent,
        offer=refusal.offer,
        may_keep=refusal.may_keep,
        faults=faults,
    )
