"""Facts from measurements and laboratory results. No Django."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from assessments.observations.bounds import side_of, taken_as
from assessments.observations.kinds import BY_CODE, body_mass_index
from assessments.observations.numbers import with_sign
from assessments.observations.words import INDETERMINATE, POSITIVE_WORD
from assessments.picture.model import plain
from assessments.picture.sources import Stated, Subject

# Of these a value below the limit is a risk for the heart's rhythm (reference C48).
LOW_IS_A_RISK = {"potassium": "low_potassium", "magnesium": "low_magnesium"}
BROUGHT = frozenset(measure.fact for measure in BY_CODE.values() if measure.fact)


class MeasuredValue(NamedTuple):
    """The newest observation of one kind, or the newest that was indeterminate."""

    code: str
    value: Decimal | None
    text: str
    effective_at: datetime
    source: str
    low: Decimal | None = None
    comparator: str = ""
    flag: str = ""

    @property
    def is_low(self) -> bool:
        """Below the limit of the laboratory that measured it, or flagged so by it."""
        return (
            side_of(self.value, self.comparator, (self.low, None), self.flag) == "low"
        )

    @property
    def raw(self) -> object:
        """What a rule takes it for; None where a test told in words came as a number
        that says neither."""
        measure = BY_CODE[self.code]
        if measure.choices:
            return self.text or None
        if self.value is None:
            return self.text
        return plain(taken_as(measure, self.value, self.comparator))

    @property
    def told_by(self) -> str:
        """Where it is from, and how it was told where it is a bound."""
        source = self.source or "measured"
        if not self.comparator or self.value is None:
            return source
        return f"{source}, reported as {with_sign(self.comparator, str(plain(self.value)))}"


def measured_facts(
    _subject: Subject, rows: Iterable[MeasuredValue]
) -> Iterator[Stated]:
    """The newest measurements; body mass index from weight and height."""
    rows = list(rows)
    newest = _newest(rows)
    if body := _body_mass(newest):
        newest["bmi"] = body
    for code, row in newest.items():
        fact, raw = BY_CODE[code].fact, row.raw
        if fact and raw is not None:
            yield Stated(fact, raw, row.effective_at, row.told_by)
    yield from _risks(rows)


def _newest(rows: list[MeasuredValue]) -> dict[str, MeasuredValue]:
    """The newest of each kind. One that is indeterminate states nothing: an older
    positive stands, an older negative does not."""
    newest = {row.code: row for row in rows if row.text != INDETERMINATE}
    for row in rows:
        before = newest.get(row.code)
        if before is None or row.text != INDETERMINATE or before.text == POSITIVE_WORD:
            continue
        if before.effective_at < row.effective_at:
            del newest[row.code]
    return newest


def _risks(rows: list[MeasuredValue]) -> Iterator[Stated]:
    """Heart rhythm risks that a laboratory found: potassium or magnesium too low."""
    low = [row for row in rows if row.is_low and row.code in LOW_IS_A_RISK]
    if low:
        last = max(low, key=lambda row: row.effective_at)
        risks = [LOW_IS_A_RISK[row.code] for row in low]
        source = last.source or "measured"
        yield Stated("ecg_risk", risks, last.effective_at, source, tuple(risks))


def pregnancy_facts(subject: Subject) -> Iterator[Stated]:
    """Pregnant by a positive test, whoever reported it; a negative one states nothing,
    since it may have been done too early."""
    tested = subject.facts.get("pregnancy_test")
    if tested is not None and tested.value == "positive":
        yield Stated("pregnancy", "yes", tested.as_of, "pregnancy test")


def _body_mass(newest: dict[str, MeasuredValue]) -> MeasuredValue | None:
    """Worked out, unless it was recorded itself after the last weighing."""
    parts = [newest[code] for code in ("weight", "height") if code in newest]
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(("weight", "height")):
        return None
    weighed_at = parts[0].effective_at
    if "bmi" in newest and newest["bmi"].effective_at >= weighed_at:
        return None
    index = body_mass_index(values[0], values[1])
    return MeasuredValue("bmi", index, "", weighed_at, "weight and height")
