"""Ways of weighing that stand beside the rules: what is derived, read and ranked how."""

from dataclasses import dataclass
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeighingLine(Cited):
    """One statement of a part of the reference."""

    part: str
    title: str
    text: str


@cache
def weighing() -> tuple[WeighingLine, ...]:
    table = shipped()["weighing"]
    raw = [{**table["about"], "source": one["part"], **one} for one in table["line"]]
    return shaped(tuple[WeighingLine, ...], raw, "weighing")
