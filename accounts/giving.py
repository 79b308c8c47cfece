"""Declarations of what a view gives out: above it, and found by a test where they lack.

Paper, files and messages leave the clinic's walls. Those about one person pass the gate
(`patients.disclosures`); those about many are exported for a reason that is kept.
"""

from collections.abc import Callable
from enum import StrEnum


class GivesOut(StrEnum):
    """What leaves by a view."""

    ONE_PERSON = "one_person"
    MANY_FOR_A_REASON = "many_for_a_reason"
    TO_THE_PERSON = "to_the_person"


def gives_out[View](what: GivesOut, why: str) -> Callable[[View], View]:
    """Declare what leaves by a view, and why that is all."""

    def mark(view: View) -> View:
        view.gives_out = what  # type: ignore[attr-defined]
        view.gives_out_because = why  # type: ignore[attr-defined]
        return view

    return mark
