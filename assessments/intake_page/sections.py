"""Panels, rail and wheels of an intake, shaped for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assessments.intake.answer_no_to_rest import rest_of
from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Panel, Step
from assessments.intake.progress import Wheel, sheet_of, whole
from assessments.intake.quick import PAGES, quick_wheels
from assessments.intake_page.answers import IntakeAnswers
from assessments.intake_page.question import QuestionRow, Trouble, shown
from knowledge.instruments.registry import find

CIRCLE = 88


@dataclass(frozen=True, slots=True)
class Section:
    """One panel of a step."""

    panel: Panel
    rows: list[QuestionRow]
    is_asked: bool
    summary: str = ""
    alerts: list[str] = field(default_factory=list)
    # How many questions one press could answer with no.
    left: int = 0

    @property
    def carried(self) -> int:
        """How many answers come from the intake before, and wait for a word."""
        return sum(row.is_carried for row in self.rows if row.is_asked)

    @property
    def folded(self) -> list[QuestionRow]:
        """What a long instrument keeps folded below its first question."""
        return self.rows[self._first :] if self.panel.folds else []

    @property
    def unfolded(self) -> list[QuestionRow]:
        return self.rows[: self._first] if self.panel.folds else self.rows

    @property
    def _first(self) -> int:
        """How many questions stand open, so that one of them is asked."""
        asked = [place for place, row in enumerate(self.rows, start=1) if row.is_asked]
        return asked[0] if asked else 1

    @property
    def is_open(self) -> bool:
        """Begun and not finished: its questions stand open, also those folded."""
        expected = [r for r in self.rows if r.is_asked and not r.question.is_extra]
        answered = sum(row.answer is not None for row in expected)
        return 0 < answered < len(expected) or any(row.trouble for row in self.rows)


@dataclass(frozen=True, slots=True)
class Spoke:
    """One step on the rail."""

    step: Step
    wheel: Wheel
    is_current: bool

    @property
    def dash(self) -> str:
        return dash(self.wheel)


@dataclass(frozen=True, slots=True)
class Rail:
    """The way through the intake: full, or the quick start."""

    spokes: list[Spoke]
    wheel: Wheel
    quick: Wheel
    is_quick: bool

    @property
    def dash(self) -> str:
        return dash(self.wheel)


def dash(wheel: Wheel) -> str:
    """How much of the wheel's rim is drawn."""
    share = wheel.answered / wheel.expected if wheel.expected else 1
    return f"{share * CIRCLE:.1f} {CIRCLE}"


def rail(answers: IntakeAnswers, current: Step) -> Rail:
    """Where the intake stands, seen from one of its pages."""
    quick = quick_wheels(answers.kept, answers.known)
    is_quick = current in PAGES
    parts = quick if is_quick else answers.wheels
    pages = PAGES if is_quick else STEPS
    return Rail(
        [Spoke(page, parts[page.key], page.key == current.key) for page in pages],
        whole(parts),
        whole(quick),
        is_quick,
    )


def sections(
    step: Step,
    answers: IntakeAnswers,
    troubles: Mapping[str, Trouble] | None = None,
    adding_to: str = "",
) -> list[Section]:
    """The panels of a step; what is not asked of this person comes along, unseen."""
    return [section(panel, answers, troubles or {}, adding_to) for panel in step.panels]


def section(
    panel: Panel,
    answers: IntakeAnswers,
    troubles: Mapping[str, Trouble],
    adding_to: str = "",
) -> Section:
    """One panel; the question `adding_to` gets an empty row."""
    asked = {q.key for q in panel.asked(answers.known)}
    rows = [
        replace(
            shown(q, answers, troubles.get(q.key), is_asked=q.key in asked),
            with_blank=q.key == adding_to,
        )
        for q in panel.questions
    ]
    summary, alerts = _score(panel, answers)
    left = len(rest_of(panel, answers.kept, answers.known))
    return Section(panel, rows, panel.is_asked(answers.known), summary, alerts, left)


def _score(panel: Panel, answers: IntakeAnswers) -> tuple[str, list[str]]:
    """What the answers to an instrument come to so far, in words."""
    if not panel.instrument:
        return "", []
    sheet = sheet_of(panel.instrument, answers.kept, answers.known)
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
