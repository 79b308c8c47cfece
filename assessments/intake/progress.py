"""Progress of an intake, and the sheets of its instruments. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Given, Panel, Step
from assessments.intake.instrument_panels import CODED_BY_HAND, CONTEXT
from assessments.intake.prefilled_items import LOANS
from knowledge.instruments.reading import read_answers
from knowledge.instruments.registry import find
from knowledge.instruments.scoring import Score, score_with

# PHQ-9 takes its first two answers from the PHQ-2 before it.
BORROWED = {"phq9": "phq2"}
AGE = "age"
# Whether medication for OUD is taken now, as the criteria need it for remission.
MAINTENANCE, TAKEN_NOW = "maintenance", "moud_now"


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it is on record; carried until somebody has confirmed it."""

    value: object
    is_known: bool = True
    is_carried: bool = False


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
class IntakeSheet:
    """The answers to one instrument, as far as they have come."""

    instrument: str
    answers: Mapping[str, object]
    context: Mapping[str, object]
    untouched: int
    # How many were answered here, apart from what other answers have told.
    own: int

    @property
    def is_begun(self) -> bool:
        return self.own > 0

    def score(self) -> Score:
        return score_with(find(self.instrument), self.answers, self.context)


def given(answers: Answers, known: Given) -> dict[str, object]:
    """What conditions may look at: known answers, the person, totals so far."""
    values = {key: kept.value for key, kept in answers.items() if kept.is_known}
    total = sheet_of("phq2", answers, {}).score().total
    return {**known, **values, "phq2.total": total}


def wheel_of(step: Step, answers: Answers, known: Given) -> Wheel:
    expected = [q for q in step.asked(known) if not q.is_extra]
    return Wheel(sum(_is_given(q.key, answers) for q in expected), len(expected))


def _is_given(key: str, answers: Answers) -> bool:
    return key in answers and not answers[key].is_carried


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


def sheet_of(instrument: str, answers: Answers, known: Given) -> IntakeSheet:
    """Items and context of an instrument among the answers of an intake."""
    declared = find(instrument)
    raw = {d.item: d.raw for d in declared.derivations if d.unit not in CODED_BY_HAND}
    names = {item.key: raw.get(item.key, item.key) for item in declared.items}
    kept = {n: _answer(instrument, n, answers, known) for n in names.values()}
    said = {name: k.value if k and k.is_known else None for name, k in kept.items()}
    settled = declared.settle(read_answers(declared, said).values)
    untouched = sum(
        kept[names[item.key]] is None and settled[item.key] is None
        for item in declared.items
        if not item.optional
    )
    own = sum(_own(instrument, name, answers) is not None for name in names.values())
    return IntakeSheet(
        instrument, said, _context(instrument, answers, known), untouched, own
    )


def _answer(instrument: str, name: str, answers: Answers, known: Given) -> Kept | None:
    """As answered here, told by another answer, or known of the person."""
    told = _told(f"{instrument}.{name}", known)
    if told is None and name == AGE:
        told = known.get(AGE)
    return _own(instrument, name, answers) or (None if told is None else Kept(told))


def _own(instrument: str, name: str, answers: Answers) -> Kept | None:
    """As answered here, or in the instrument before it."""
    lender = BORROWED.get(instrument)
    lent = answers.get(f"{lender}.{name}") if lender else None
    return answers.get(f"{instrument}.{name}") or lent


def _told(key: str, known: Given) -> object:
    loan = LOANS.get(key)
    return loan.tells(known) if loan else None


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
        elif told := _told(f"{instrument}.{CONTEXT}.{question.key}", known):
            found[question.key] = told
        elif question.key == MAINTENANCE and isinstance(known.get(TAKEN_NOW), list):
            found[question.key] = _said(bool(known[TAKEN_NOW]))
    return found


def _said(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
