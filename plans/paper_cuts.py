"""A plan on paper without what a consent leaves out: medicines, scores, test results.

What a need is called names the score that brought it up, and staff write scores into
goals. What is left out is left out there too, not in its own places alone.
"""

import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache

from django.db.models import Model

from assessments.observations.kinds import BY_CODE
from knowledge.instruments.registry import instruments
from knowledge.instruments.titles import short_title
from plans.medicine_lines import is_medicine, is_medicine_line, names_medicine
from plans.models import Goal, Intervention, Need

LEFT_OUT = "(left out)"
MEDICINE, SCORES, RESULTS = "medicine", "scores", "results"
# Asked in the intake without an instrument of their own.
MORE_SCORES, MORE_RESULTS = ("HITS",), ("BMI", "QTc")
NUMBER = r"[<>]?\s*\d+(?:[.,]\d+)?(?:\s*(?:/|(?:out )?of)\s*\d+)?"
# After a number these make it a time, or a limit that holds for everybody.
NOT_THEIRS = r"(?!\d|\s*(?:weeks?|days?|months?|times|(?:or|and) (?:more|less|above|below|over|under)))"
OUT_OF = r"\d+ of \d+"
TEXTS: dict[type[Model], tuple[str, ...]] = {
    Need: ("title", "set_aside_reason"),
    Goal: ("own_words", "wording"),
    Intervention: ("title", "dose", "who"),
}

type Branch = tuple[Need, list[Goal], list[Intervention]]


def cut(branch: Branch, holds: Callable[[str], bool]) -> Branch:
    """A need with what stands under it, for somebody who may be told what `holds`."""
    need, goals, lines = branch
    if not holds(MEDICINE):
        lines = [one for one in lines if not _tells_medicine(one)]
        need, goals = _without_medicine(need), [_without_medicine(g) for g in goals]
    left_out = [part for part in (SCORES, RESULTS) if not holds(part)]
    if not left_out:
        return need, goals, lines
    return (
        _without(need, left_out),
        [_without(one, left_out) for one in goals],
        [_without(one, left_out) for one in lines],
    )


def _tells_medicine(line: Intervention) -> bool:
    return is_medicine_line(line) or names_medicine(_all_of(line))


def _without_medicine[Row: (Need, Goal)](row: Row) -> Row:
    """Texts that name a medicine, or say an amount, say so in place of it."""
    shown = copy(row)
    for name in TEXTS[type(row)]:
        text = getattr(shown, name)
        if names_medicine(text) or is_medicine(kind="", title=text, dose=""):
            setattr(shown, name, LEFT_OUT)
    return shown


def _all_of(row: Need | Goal | Intervention) -> str:
    return " ".join(getattr(row, name) for name in TEXTS[type(row)])


def _without[Row: (Need, Goal, Intervention)](row: Row, parts: list[str]) -> Row:
    """The row as it is shown; it is never saved so."""
    shown = copy(row)
    for name in TEXTS[type(row)]:
        for part in parts:
            setattr(shown, name, without(getattr(shown, name), part))
    return shown


def without(text: str, part: str) -> str:
    """A text without the values of scores, or of test results."""
    in_brackets, said = _told(part)
    return said.sub(r"\g<name>", in_brackets.sub("", text)).strip()


@cache
def _told(part: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What says a value: brackets that name what was measured, and its name with a
    number after it."""
    if part == SCORES:
        measured = [*map(short_title, instruments()), *MORE_SCORES]
        units, alone = [], f"|{OUT_OF}"
    else:
        kinds = BY_CODE.values()
        measured = [*(one.label for one in kinds), *MORE_RESULTS]
        units, alone = [unit for one in kinds for unit in one.all_units], ""
    names, unit = _any_of(measured), _any_of(units)
    of_a_value = rf"(?:\s*(?:{unit})(?!\w))?" if units else ""
    is_said = r"(?:\s+(?:score|total|item|result))?\s*(?:[:=]|of|at|is|was|now)?\s*"
    return (
        re.compile(
            rf"\s*\((?:[^()]*(?<!\w)(?:{names})(?!\w)[^()]*{alone})\)", re.IGNORECASE
        ),
        re.compile(
            rf"(?<!\w)(?P<name>{names})(?!\w){is_said}{NUMBER}{NOT_THEIRS}{of_a_value}",
            re.IGNORECASE,
        ),
    )


def _any_of(words: Iterable[str]) -> str:
    """Any of these, the longest first, with a hyphen or without."""
    longest_first = sorted({*words}, key=lambda one: (-len(one), one))
    return "|".join(re.escape(one).replace(r"\-", r"[-\s]?") for one in longest_first)
