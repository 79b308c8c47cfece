"""Answers of the intake shown as they were told, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assessments.intake.catalogue import PLACES, STEPS, is_asked
from assessments.intake.declaration import Ask, IntakeQuestion, Step
from assessments.intake_page.answers import age_and_sex
from assessments.intake_page.question import SOURCES, QuestionRow
from assessments.models import IntakeAnswer
from assessments.picture.from_answers import AnswerSaid
from assessments.picture.queries import ANSWERS
from assessments.picture.sources import Subject

TELLERS = dict(SOURCES)

type Said = Mapping[str, AnswerSaid]


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """One answer in the words of its question: when it was told, and who told it."""

    label: str
    words: str
    at: datetime
    teller: str
    is_known: bool
    # Their own sentence, to be quoted.
    is_voice: bool


@dataclass(frozen=True, slots=True)
class ToldStep:
    title: str
    answers: tuple[ToldAnswer, ...]


@dataclass(frozen=True, slots=True)
class ToldAtIntake:
    """The answers of one person by step, and how many questions nobody asked yet."""

    steps: tuple[ToldStep, ...]
    unasked: int

    @property
    def count(self) -> int:
        return sum(len(step.answers) for step in self.steps)


def told_by(subject: Subject) -> ToldAtIntake:
    """What a page shows as told, from rows that the picture has read already."""
    said: Said = subject.rows[ANSWERS]
    steps = (ToldStep(step.title, tuple(_told(step, said))) for step in STEPS)
    return ToldAtIntake(
        tuple(step for step in steps if step.answers), _unasked(subject, said)
    )


def voices_of(subject: Subject, keys: tuple[str, ...]) -> tuple[ToldAnswer, ...]:
    """What they said to these questions, in their own words."""
    said: Said = subject.rows[ANSWERS]
    return tuple(
        _answer(PLACES[key][2], said[key])
        for key in keys
        if key in said and said[key].is_known
    )


def _told(step: Step, said: Said) -> Iterator[ToldAnswer]:
    for question in step.questions:
        if question.shown and question.key in said:
            yield _answer(question, said[question.key])


def _answer(question: IntakeQuestion, one: AnswerSaid) -> ToldAnswer:
    row = IntakeAnswer(
        question=question.key,
        value=one.value,
        is_known=one.is_known,
        source=one.source,
        answered_at=one.at,
    )
    words = QuestionRow(question, row).words
    return ToldAnswer(
        question.label,
        f"{words} {question.unit}".strip() if one.is_known else words,
        one.at,
        TELLERS[one.source],
        one.is_known,
        is_voice=one.is_known and question.kind is Ask.WORDS,
    )


def _unasked(subject: Subject, said: Said) -> int:
    """Those that this person would be asked and has no answer to."""
    person = age_and_sex(subject.patient, on=subject.today)
    known = person | {key: one.value for key, one in said.items() if one.is_known}
    shown = (key for key, (_, _, question) in PLACES.items() if question.shown)
    return sum(key not in said and is_asked(key, known) for key in shown)
