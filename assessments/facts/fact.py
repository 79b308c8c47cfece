"""Facts: each one thing that can be known about a person in care."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from assessments.facts.trials import Trial
from knowledge.freshness import fresh_span

type Value = (
    bool | int | Decimal | datetime | date | str | frozenset[str] | tuple[Trial, ...]
)
type Words = Mapping[str, str | int | bool]

# "Never" is an answer, and a different one from silence.
NEVER = datetime(1, 1, 1, tzinfo=UTC)
NEVER_ON = NEVER.date()


class FactKind(StrEnum):
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    DATETIME = "datetime"
    DATE = "date"
    CHOICE = "choice"
    SET = "set-of-choices"
    INGREDIENTS = "set-of-text"
    TRIALS = "past-treatments"
    TEXT = "text"


class Reads(StrEnum):
    """What the entries of a list are recognised as; those of most are kept as typed."""

    MEDICINES = "medicines"
    ALLERGENS = "allergens"
    NOTHING = ""


class Domain(StrEnum):
    BODY = "body"
    MIND = "mind"
    SOCIAL = "social"
    USE = "use"
    TREATMENT = "treatment"
    PREFERENCE = "preference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A declared fact; `words` are other ways of saying its values."""

    name: str
    kind: FactKind
    label: str
    meaning: str
    domain: Domain
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    aliases: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    reads: Reads = Reads.NOTHING

    @property
    def is_whole(self) -> bool:
        return self.kind is FactKind.INT

    @property
    def is_number(self) -> bool:
        return self.kind in (FactKind.INT, FactKind.DECIMAL)

    @property
    def fresh_for(self) -> timedelta | None:
        """How long it counts; None where it does not age."""
        return fresh_span(self.name)

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "type": self.kind.value,
            "unit": self.unit,
            "label": self.label,
            "meaning": self.meaning,
            "domain": self.domain.value,
            "fresh_for": _hours(self.fresh_for),
            "choices": list(self.choices),
            "aliases": list(self.aliases),
            "words": dict(self.words),
            "low": _number(self.low),
            "high": _number(self.high),
        }


def _hours(span: timedelta | None) -> str | None:
    return f"{span // timedelta(hours=1)} h" if span else None


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def folded(word: str) -> str:
    """One spelling for words that differ only in case, spaces or hyphens."""
    return "_".join(word.lower().replace("-", " ").replace("_", " ").split())
