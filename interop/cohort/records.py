"""Plain values of a row, ready for its table. Pure."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

type Cell = str | int | bool | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Observed:
    """A value of assessments.Observation."""

    who: int
    code: str
    key: str
    at: datetime
    value: Decimal | int | None = None
    text: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CohortAnswer:
    """A value of assessments.IntakeAnswer, from a record."""

    who: int
    question: str
    value: object
    at: datetime
    is_known: bool = True

    @property
    def json(self) -> str:
        return json.dumps(self.value)


@dataclass(frozen=True, slots=True)
class Dose:
    """A value of medications.DoseEvent."""

    who: int
    medication: str
    kind: str
    on: date
    amount: Decimal | None
    note: str
    key: str


@dataclass(frozen=True, slots=True)
class Randomization:
    """One drawing of the lot: which arm, and which medicine that is."""

    who: int
    which: int
    arm: str
    medication: str
    on: date


@dataclass(frozen=True, slots=True)
class CohortTest:
    """A value of medications.ToxicologyResult."""

    who: int
    analyte: str
    at: datetime
    key: str
    result: str = "positive"


@dataclass(frozen=True, slots=True)
class Visited:
    """A value of patients.Visit."""

    who: int
    on: date | None
    kind: str
    status: str
    reasons: tuple[str, ...]
    key: str

    @property
    def json(self) -> str:
        return json.dumps(self.reasons)


type Record = Observed | CohortAnswer | Dose | CohortTest | Visited
