"""The whole intake in order, and where each question stands. No Django."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from assessments.intake.declaration import Given, IntakeQuestion, Panel, Step
from assessments.intake.questions import declared_steps
from knowledge.conditions import facts_of
from knowledge.tables import HERE, INTAKE, read_file, shaped

STEPS: tuple[Step, ...] = declared_steps()


class NoSuchQuestion(LookupError):
    """The intake has no question of this name."""


class AskedTwice(ValueError):
    """Two questions claim the same name."""


def indexed(steps: tuple[Step, ...]) -> dict[str, tuple[Step, Panel, IntakeQuestion]]:
    """Every question with its place; refuses a name used twice."""
    places: dict[str, tuple[Step, Panel, IntakeQuestion]] = {}
    for step in steps:
        for panel in step.panels:
            for question in panel.questions:
                if question.key in places:
                    raise AskedTwice(question.key)
                places[question.key] = (step, panel, question)
    return places


PLACES: Mapping[str, tuple[Step, Panel, IntakeQuestion]] = MappingProxyType(
    indexed(STEPS)
)
STEP_KEYS = tuple(step.key for step in STEPS)


def question_of(key: str) -> IntakeQuestion:
    """The question of this name."""
    return place_of(key)[2]


def place_of(key: str) -> tuple[Step, Panel, IntakeQuestion]:
    """Where a question stands."""
    if key not in PLACES:
        raise NoSuchQuestion(f"The intake has no question {key[:60]}.")
    return PLACES[key]


# Facts that an instrument or other answers give, and the questions to go to.
ANSWERED_BY = shaped(
    dict[str, tuple[str, ...]],
    read_file(HERE / INTAKE / "answered_by.toml"),
    "answered_by",
)


def asking_for(
    fact: str, known: Given | None = None
) -> tuple[Step, IntakeQuestion] | None:
    """The step and question that tell a fact: one that this person is asked, where
    there is a choice; None where the intake has none."""
    keys = [key for key in ANSWERED_BY.get(fact, (fact,)) if key in PLACES]
    if not keys:
        return None
    step, _, question = PLACES[next((k for k in keys if is_asked(k, known)), keys[-1])]
    return step, question


def is_asked(key: str, known: Given | None) -> bool:
    """Whether a question is asked of a person; any is where nothing is said of them."""
    _, panel, question = PLACES[key]
    return known is None or (panel.is_asked(known) and question.is_asked(known))


@cache
def gated_by(key: str) -> tuple[str, ...]:
    """The questions and panels whose asking, or whose rows, hang on this answer."""
    whole = key.split(".")[0] + ".total"
    columns = PLACES[key][2].columns if key in PLACES else ()
    on = {key, whole, *(f"{key}.{column.key}" for column in columns)}
    found = []
    for step in STEPS:
        for panel in step.panels:
            if on & {*facts_of(panel.only)}:
                found.append(f"panel:{panel.key}")
            found.extend(q.key for q in panel.questions if on & _looks_at(q))
    return tuple(found)


def _looks_at(question: IntakeQuestion) -> set[str]:
    return {*question.of, *facts_of(question.only)}
