"""The quick start: what safety and a first dose today need, of the same intake."""

from collections.abc import Iterable
from dataclasses import replace

from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Given, Panel, Step
from assessments.intake.progress import Answers, Wheel, wheel_of

# Questions of the full intake, by name; an instrument by its own name is asked whole.
TRIAGE = frozenset(
    (
        "consent",
        "overdose_hx",
        "last_overdose_on",
        "alone",
        "ora",
        "dosing_assess",
        "suicidal_thoughts",
        "unsafe_at_home",
        "infection",
        "cssrs",
        "opioids_used",
        "opioid_use",
        "last_short_acting_dt",
        "last_fentanyl_dt",
        "last_long_acting_dt",
        "last_long_acting_drug",
        "phys_dependence",
        "moud_now",
        "mtd_dose",
        "mtd_day",
        "mtd_dose_change_dt",
        "bup_dose",
        "audit_c.frequency",
        "sedatives",
        "dsm5_oud",
        "cows",
        "objective_sign",
        "could_be_pregnant",
        "pregnancy_test",
        "pregnancy",
        "resp",
        "resp_monitoring",
        "gi",
        "long_qt",
        "ecg_risk",
        "med_list",
        "allergy",
        "preference",
    )
)
WITHOUT = "context"


def is_quick(key: str) -> bool:
    """Whether a question is part of the quick start."""
    instrument, _, item = key.partition(".")
    return key in TRIAGE or (instrument in TRIAGE and not item.startswith(WITHOUT))


def _cut(panels: Iterable[Panel]) -> tuple[Panel, ...]:
    """The panels with their quick questions alone; what has none is left out."""
    cut = (
        replace(p, questions=tuple(q for q in p.questions if is_quick(q.key)))
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
