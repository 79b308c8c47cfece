"""How far an intake has come, and the sheets of its instruments. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.instruments.reading import read_answers
from assessments.instruments.registry import find
from assessments.instruments.scoring import Score, score_with
from assessments.intake.asking import CONTEXT
from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Given, Panel, Step

# PHQ-9 takes its first two answers from the PHQ-2 before it.
BORROWED = {"phq9": "phq2"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it is on record."""

    value: object
    is_known: bool = True


type Answers = Mapping[str, Kept]


@dataclass(frozen=True, slots=True)
class Wheel:
    """Answered of expected; what is not asked of this person is not expected."""

    answered: int
    expected: int

    @property
    def left(self) -> int:
        return self.expected - self.answered

    @property
    def is_done(self) -> bool:
        return self.left == 0

    def __add__(self, other: "Wheel") -> "Wheel":
        return Wheel(self.answered + other.answered, self.expected + other.expected)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers to one instrument, as far as they have come."""

    instrument: str
    answers: Mapping[str, object]
    context: Mapping[str, object]
    untouched: int

    @property
    def is_begun(self) -> bool:
        return any(value is not None for value in self.answers.values())

    def score(self) -> Score:
        return score_with(find(self.instrument), self.answers, self.context)


def given(answers: Answers, known: Given) -> dict[str, object]:
    """What conditions may look at: known answers, the person, totals so far."""
    values = {key: kept.value for key, kept in answers.items() if kept.is_known}
    total = sheet_of("phq2", answers, {}).score().total
    return {**known, **values, "phq2.total": total}


def wheel_of(step: Step, answers: Answers, known: Given) -> Wheel:
    expected = [q for q in step.asked(known) if not q.is_extra]
    return Wheel(sum(q.key in answers for q in expected), len(expected))


def wheels(answers: Answers, known: Given) -> dict[str, Wheel]:
    """Progress by step."""
    return {step.key: wheel_of(step, answers, known) for step in STEPS}


def whole(parts: Mapping[str, Wheel]) -> Wheel:
    return sum(parts.values(), Wheel(0, 0))


def instrument_panels(known: Given) -> list[Panel]:
    """The instruments that this person is asked."""
    return [
        panel
        for step in STEPS
        for panel in step.panels
        if panel.instrument and panel.is_asked(known)
    ]


def sheet_of(instrument: str, answers: Answers, known: Given) -> Sheet:
    """Items and context of an instrument among the answers of an intake."""
    declared = find(instrument)
    raw = {d.item: d.raw for d in declared.derivations}
    names = {item.key: raw.get(item.key, item.key) for item in declared.items}
    kept = {name: _answer(instrument, name, answers) for name in names.values()}
    said = {name: k.value if k and k.is_known else None for name, k in kept.items()}
    settled = declared.settle(read_answers(declared, said).values)
    untouched = sum(
        kept[names[item.key]] is None and settled[item.key] is None
        for item in declared.items
        if not item.optional
    )
    return Sheet(instrument, said, _context(instrument, answers, known), untouched)


def _answer(instrument: str, name: str, answers: Answers) -> Kept | None:
    own = answers.get(f"{instrument}.{name}")
    lender = BORROWED.get(instrument)
    return own or (answers.get(f"{lender}.{name}") if lender else None)


def _context(instrument: str, answers: Answers, known: Given) -> dict[str, object]:
    """What scoring needs besides: asked inline, or known of the person."""
    declared = find(instrument)
    found: dict[str, object] = {}
    for question in declared.context:
        kept = answers.get(f"{instrument}.{CONTEXT}.{question.key}")
        if kept is not None and kept.is_known:
            found[question.key] = _said(kept.value)
        elif known.get(question.key) is not None and question.key in ("sex", "age"):
            found[question.key] = known[question.key]
    return found


def _said(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
