"""Stops that meet a medicine under way: a cause to change it (reference C120). No Django."""

from collections.abc import Iterable

from knowledge.editions import Edition
from knowledge.medicines import EVERY
from medications.rules.effects import Say
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, RuleSaid, put, says_of
from medications.rules.under_way import TreatmentCourse

# The stops of C3 and C4 that can come while something is taken. Age was known when it
# began (C74, C77), C68 is about a start, C88 about the clinic.
NEW_STOPS = (
    *("C36", "C37", "C40", "C41", "C47", "C49", "C50", "C52"),
    *("C62", "C69", "C79", "C83", "C84", "C85", "C86"),
)


def new_stop(
    facts: FactReader, edition: Edition, course: TreatmentCourse
) -> str | None:
    """Why the medicine taken is stopped by a rule that the clinic uses; None where it
    is not."""
    for name in NEW_STOPS:
        if name in edition.policy.off:
            continue
        said = put(name, RULES[name], facts, edition).said
        if said is not None and _is_stopped(course, _says(name, said, edition)):
            return said.because
    return None


def _says(name: str, said: RuleSaid, edition: Edition) -> tuple[Say, ...]:
    return says_of(edition.cards[name].effects) if said.says is None else said.says


def _is_stopped(course: TreatmentCourse, says: Iterable[Say]) -> bool:
    its = {EVERY, course.family, course.form}
    return any(say.effect.rules_out and say.medication in its for say in says)
