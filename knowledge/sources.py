"""The listed sources, and who stands behind an edition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Reference:
    key: str
    title: str
    date: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Developer and funding, and which fact is which attribute of a source.

    `engine` counts the ways of weighing: how rules are read and added up. What one
    engine weighed another does not weigh again.
    """

    engine: int = 1
    developer: str = ""
    funding: str = ""
    released: date | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
