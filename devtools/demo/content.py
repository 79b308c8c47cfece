"""The demo's people, clinics and words, as its one file holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from knowledge.tables import read_file, shaped


class Stage(StrEnum):
    """How far a person has come."""

    REFERRED = "referred"
    INTAKE = "intake"
    WEIGHING = "weighing"
    DRAFTED = "drafted"
    ACTIVE = "active"
    AFTERCARE = "aftercare"
    ON_HOLD = "on_hold"
    DISCHARGED = "discharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody in care; `days_missed`: without a dose up to yesterday, and here today."""

    name: str
    pronouns: str
    sex: str
    used: str = ""
    language: str = "English"
    needs_interpreter: bool = False
    days_missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStage:
    """How many have come this far, and how many days ago, from and to."""

    people: int
    days: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWish:
    """What matters to who wishes for a medicine, and their words."""

    matters: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStart:
    """How a medicine is started."""

    mg: Decimal
    product: str
    schedule: str
    first_dose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStaff:
    """Somebody on the demo's staff, with the roles at each clinic."""

    name: str
    email: str
    credentials: str = ""
    sign_in: str = ""
    otp: tuple[str, ...] = ()
    office: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoContent:
    """Everything that the demo tells and does not make up by chance."""

    at_otp: int
    people: tuple[DemoPerson, ...]
    reasons: tuple[str, ...]
    called_after: Mapping[str, str]
    goals: tuple[str, ...]
    fears: tuple[str, ...]
    stages: Mapping[Stage, DemoStage]
    chances: Mapping[str, Decimal]
    harmless: Mapping[str, str]
    wishes: Mapping[str, DemoWish]
    starts: Mapping[str, DemoStart]
    staff: tuple[DemoStaff, ...]


DEMO = shaped(DemoContent, read_file(Path(__file__).with_name("demo.toml")), "the demo")
