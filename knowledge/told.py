"""Answers of the intake that a page shows as they were told.

Declared at the question in knowledge/intake, for what no rule, need, measure or table
reads: what is asked is read by somebody.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from knowledge.tables import HERE, INTAKE, read_file


class ShownOn(StrEnum):
    """The pages that show what was told."""

    OVERVIEW = "overview"


@cache
def shown_questions() -> frozenset[str]:
    """The questions of the intake whose answers a page shows as they were told."""
    return frozenset(_declared())


def _declared() -> Iterator[str]:
    for path in sorted((HERE / INTAKE).glob("*.toml")):
        for panel in read_file(path).get("panels", ()):
            asked = panel.get("questions", ())
            yield from (one["key"] for one in asked if "shown" in one)
