"""The quick start: what safety and a first dose today need, of the same intake."""

from collections.abc import Iterable
from dataclasses import replace

from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Given, Panel, Step
from assessments.intake.progress import Answers, Wheel, wheel_of


def _cut(panels: Iterable[Panel]) -> tuple[Panel, ...]:
    """The panels with their quick questions alone; what has none is left out."""
    cut = (
        replace(p, questions=tuple(q for q in p.questions if q.is_quick))
        for p in panels
    )
    return tuple(panel for panel in cut if panel.questions)


_BY_KEY = {step.key: step.panels for step in STEPS}
_MEASURED = tuple(p for p in _BY_KEY["opioids"] if p.instrument)
_ASKED = tuple(p for p in _BY_KEY["opioids"] if not p.instrument)

PAGES: tuple[Step, ...] = (
    Step(
        key="quick-use",
        title="Quick start: safety and use",
        lead="About ten minutes for both pages. The full intake goes on from here.",
        panels=_cut((*_BY_KEY["safety"], *_ASKED, *_BY_KEY["substances"])),
    ),
    Step(
        key="quick-body",
        title="Quick start: body and wish",
        lead="After this, what is known is enough for a first dose to be weighed.",
        panels=_cut((*_BY_KEY["body"], *_MEASURED, *_BY_KEY["strengths"])),
    ),
)
ALL_PAGES: tuple[Step, ...] = (*STEPS, *PAGES)


def page_of(key: str) -> Step:
    """The page of this name; the first step for any other."""
    return next((page for page in ALL_PAGES if page.key == key), STEPS[0])


def quick_wheels(answers: Answers, known: Given) -> dict[str, Wheel]:
    """Progress by quick page."""
    return {page.key: wheel_of(page, answers, known) for page in PAGES}
