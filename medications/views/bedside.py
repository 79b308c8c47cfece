"""Bedside questions on the decision page: shown with their controls, answered at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.access import StaffRequest
from accounts.doors import BAD, CONFLICT
from assessments.facts import FACTS
from assessments.intake.catalogue import ANSWERED_BY, PLACES
from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.reading import NONE
from assessments.intake_page.answers import IntakeAnswers, answers_of
from assessments.intake_page.question import QuestionRow, Trouble
from assessments.models import Intake
from assessments.views.saving import question_or_404, save_beside
from medications.decision_page.bedside import BedsideQuestion, with_answered
from patients.models import Patient

# The field that something was wrong with, and what.
type FieldTrouble = tuple[str, Trouble]

# Typed into a field, behind quick answers beside it.
TYPED = (Ask.NUMBER, Ask.MEASURED, Ask.MOMENT, Ask.DAY, Ask.LISTED, Ask.TEXT)
ROWS_SHOWN = "asked"
# The most dangerous in sight, in a restart what today's dose turns on; the rest is told
# by its number and opens.
SHOWN, SHOWN_IN_RESTART = 4, 3
# Answers of so many letters in all stand beside their question, longer ones below it.
LONGEST_BESIDE = 60


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a bedside question, and what is known of its facts now."""

    row: QuestionRow
    is_open: bool

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def id(self) -> str:
        return f"b-{self.row.id}"

    @property
    def is_typed(self) -> bool:
        return self.row.question.kind in TYPED

    @property
    def is_several(self) -> bool:
        return self.row.question.kind is Ask.SEVERAL

    @property
    def is_wide(self) -> bool:
        """Whether its answers side by side leave no room for the question."""
        letters = sum(len(option.label) for option in self.row.options)
        return self.row.question.kind is Ask.CHOICE and letters > LONGEST_BESIDE

    @property
    def is_saved(self) -> bool:
        return not self.is_open and self.row.answer is not None

    @property
    def none(self) -> str:
        """The quick answer that there is none of it, where that is one."""
        question = self.row.question
        if question.kind is Ask.NUMBER and question.key in NONE_IS_ZERO:
            return "None"
        return question.none_word if self.is_typed or self.is_several else ""

    @property
    def is_zero(self) -> bool:
        return self.key in NONE_IS_ZERO

    @property
    def is_none(self) -> bool:
        """Whether the answer that stands is the quick one."""
        if self.is_zero:
            return self.row.text == "0"
        return self.row.state == NONE


# Doses: "takes none" is a dose of 0.
NONE_IS_ZERO = frozenset(["mtd_dose", "bup_dose"])


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One bedside question with its controls."""

    question: BedsideQuestion
    controls: tuple[Control, ...]

    @property
    def is_open(self) -> bool:
        return any(control.is_open for control in self.controls)

    @property
    def is_compound(self) -> bool:
        """Whether its fields have to say each what it asks."""
        return not (len(self.controls) == 1 and len(self.question.facts) == 1)

    @property
    def is_wide(self) -> bool:
        """Whether the answers of its one field stand below it."""
        return not self.is_compound and self.controls[0].is_wide

    @property
    def title(self) -> str:
        """What it asks for first, where it is folded away."""
        first, *others = self.question.facts
        return f"{FACTS[first].label}…" if others else FACTS[first].label

    @property
    def legend(self) -> str:
        """The spoken words of the list; of one field alone, its own."""
        if self.is_compound:
            return self.question.question
        return self.controls[0].row.question.ask


@dataclass(frozen=True, slots=True)
class Further:
    """What one other medicine alone waits for; open where it was answered just now."""

    name: str
    rows: tuple[AskedRow, ...]
    is_open: bool

    @property
    def count(self) -> int:
        return sum(row.is_open for row in self.rows)


@dataclass(frozen=True, slots=True)
class AskPanel:
    """Every bedside question of the page: for the first option, and for others alone."""

    first: tuple[AskedRow, ...]
    further: tuple[Further, ...]
    answered: str = ""
    shown: int = SHOWN

    @property
    def in_sight(self) -> tuple[AskedRow, ...]:
        return self.first[: self.shown]

    @property
    def folded(self) -> tuple[AskedRow, ...]:
        return self.first[self.shown :]

    @property
    def is_fold_open(self) -> bool:
        """Whether somebody is at those folded: one of them was answered here."""
        return _is_at(self.folded, self.answered)

    @property
    def count(self) -> int:
        return sum(row.is_open for row in self.first)

    @property
    def rows(self) -> tuple[AskedRow, ...]:
        return (*self.first, *(row for one in self.further for row in one.rows))


def ask_panel(
    request: StaffRequest,
    patient: Patient,
    asked: tuple[BedsideQuestion, ...],
    trouble: FieldTrouble | None = None,
    answered: str = "",
    *,
    is_restart: bool = False,
) -> AskPanel:
    """The questions as they stand, those that the page showed before included."""
    answers = answers_beside(request, patient)
    still = frozenset(fact for one in asked for fact in one.facts)
    shown = with_answered(request.POST.getlist(ROWS_SHOWN), asked)
    found = (_row(one, still, answers, trouble) for one in shown)
    rows = [row for row in found if row.controls]
    first = tuple(row for row in rows if not row.question.only)
    shown_most = SHOWN_IN_RESTART if is_restart else SHOWN
    return AskPanel(first, tuple(_further(rows, answered)), answered, shown_most)


def _further(rows: list[AskedRow], answered: str) -> Iterator[Further]:
    names = dict.fromkeys(row.question.only for row in rows if row.question.only)
    for name in names:
        its = tuple(row for row in rows if row.question.only == name)
        yield Further(name, its, _is_at(its, answered))


def _is_at(rows: tuple[AskedRow, ...], answered: str) -> bool:
    """Whether one of these was answered just now, or before on this page."""
    controls = [control for row in rows for control in row.controls]
    return any(one.is_saved or one.key == answered for one in controls)


def answers_beside(request: StaffRequest, patient: Patient) -> IntakeAnswers | None:
    intake = Intake.objects.filter(
        patient=patient, status=Intake.Status.IN_PROGRESS
    ).first()
    return answers_of(intake, patient, on=request.today) if intake else None


def _row(
    one: BedsideQuestion,
    still: frozenset[str],
    answers: IntakeAnswers | None,
    trouble: FieldTrouble | None,
) -> AskedRow:
    by_key: dict[str, list[str]] = {}
    for fact in one.facts:
        key = asking_key(fact)
        if key:
            by_key.setdefault(key, []).append(fact)
    controls = (
        control(key, answers, trouble, is_open=not still.isdisjoint(facts))
        for key, facts in by_key.items()
    )
    return AskedRow(one, tuple(controls))


def control(
    key: str,
    answers: IntakeAnswers | None,
    trouble: FieldTrouble | None,
    *,
    is_open: bool,
) -> Control:
    """One field, as far as it is answered; open while what it tells is not known."""
    row = QuestionRow(
        PLACES[key][2],
        answers.rows.get(key) if answers else None,
        trouble[1] if trouble and trouble[0] == key else None,
    )
    return Control(row, is_open)


def asking_key(fact: str) -> str:
    """The intake question that tells a fact by itself: its own where it has one."""
    keys = (fact, *ANSWERED_BY.get(fact, ()))
    found = (key for key in keys if key in PLACES and _is_simple(PLACES[key][2]))
    return next(found, "")


def _is_simple(question: IntakeQuestion) -> bool:
    return question.kind is not Ask.ROWS


def save(request: StaffRequest, patient: Patient, key: str) -> FieldTrouble | None:
    """Keep one answer, or say what was wrong with it."""
    question = question_or_404(key)
    _, trouble = save_beside(request, patient, question)
    return (key, trouble) if trouble else None


def status_of(trouble: FieldTrouble | None) -> int:
    if trouble is None:
        return 200
    return CONFLICT if trouble[1].is_conflict else BAD
