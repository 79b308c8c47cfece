"""Model of the time axis: scores, doses, toxicology, visits and events. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SeriesReading:
    """One value at one time, with its words where a number alone says too little."""

    at: datetime
    value: Decimal
    words: str

    @property
    def on(self) -> date:
        """Its day; `at` is on the clinic's clock."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Stripe:
    """A named stretch of a scale; `weight` from 0 (no concern) to 1."""

    low: Decimal
    high: Decimal
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class AxisScale:
    """Between which values something is drawn, and what its steps are called."""

    lowest: Decimal
    highest: Decimal
    # Scores that are drawn on one axis have one family; an empty one stands alone.
    family: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One score or measurement through time; the oldest reading first."""

    key: str
    title: str
    scale: AxisScale
    readings: tuple[SeriesReading, ...]
    unit: str = ""
    stripes: tuple[Stripe, ...] = ()

    def within(self, since: date, until: date) -> "Series":
        """The same, with only the readings of those days."""
        kept = tuple(r for r in self.readings if since <= r.on <= until)
        return Series(self.key, self.title, self.scale, kept, self.unit, self.stripes)


@dataclass(frozen=True, slots=True)
class DoseStep:
    """From this day on so much; None where the medicine ended or the amount is not known."""

    on: date
    mg: Decimal | None


@dataclass(frozen=True, slots=True)
class Doses:
    """One medicine: what was taken a day as steps, or each injection by itself."""

    title: str
    steps: tuple[DoseStep, ...]
    is_daily: bool = True

    @property
    def unit(self) -> str:
        return "mg a day" if self.is_daily else "mg each"

    @property
    def most(self) -> Decimal:
        return max((s.mg for s in self.steps if s.mg is not None), default=Decimal(0))


class AxisFit(StrEnum):
    """Whether a specimen is as the medicine makes one expect."""

    EXPECTED = "as expected"
    UNEXPECTED = "unexpected"
    OPEN = "not judged"


@dataclass(frozen=True, slots=True)
class Specimen:
    """What one specimen showed."""

    at: datetime
    fit: AxisFit
    words: str

    @property
    def on(self) -> date:
        """Its day; `at` is on the clinic's clock."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day, in a few words; `more` says the rest."""

    on: date
    words: str
    more: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Undated:
    """What happened on days that nobody wrote down, and how often."""

    words: str
    more: str
    count: int


@dataclass(frozen=True, slots=True)
class ProgressStory:
    """Everything on record that has its place on the axis."""

    today: date
    admitted_on: date | None = None
    series: tuple[Series, ...] = ()
    doses: tuple[Doses, ...] = ()
    specimens: tuple[Specimen, ...] = ()
    missed: tuple[date, ...] = ()
    visits: tuple[date, ...] = ()
    visits_missed: tuple[date, ...] = ()
    marks: tuple[Mark, ...] = field(default=())
    undated: tuple[Undated, ...] = ()

    @property
    def first(self) -> date:
        """The first day of which anything is told."""
        days = [
            *(reading.on for one in self.series for reading in one.readings),
            *(step.on for one in self.doses for step in one.steps),
            *(specimen.on for specimen in self.specimens),
            *(mark.on for mark in self.marks),
            *self.missed,
            *self.visits,
            *self.visits_missed,
        ]
        return min([*days, self.admitted_on or self.today, self.today])

    def chosen(self, keys: tuple[str, ...]) -> tuple[Series, ...]:
        """The series of these keys, in their own order."""
        return tuple(one for one in self.series if one.key in keys)
