"""Completion of an instrument while it is being answered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.instruments.circumstances import read_context
from knowledge.instruments.questionnaire import closed
from knowledge.instruments.reach import Reach, possible_bands
from knowledge.instruments.reading import read_answers
from knowledge.instruments.registry import Instrument


@dataclass(frozen=True, slots=True)
class Completion:
    """How much is answered, what need not be asked, and what could still come out."""

    answered: int
    of: int
    needless: frozenset[str]
    reach: Reach | None
    danger: str


def standing(
    instrument: Instrument,
    answers: Mapping[str, object],
    context: Mapping[str, object],
) -> Completion:
    """Of answers as they were typed or kept; what cannot be read counts as open."""
    values = read_answers(instrument, answers).values
    needless = closed(instrument, values)
    given = sum(value is not None for value in values.values())
    endangered = instrument.endangers(instrument.settle(values))
    return Completion(
        answered=given,
        of=len(values) - len(needless),
        needless=needless,
        reach=possible_bands(
            instrument, values, read_context(instrument, context).context
        ),
        danger=endangered.words.en if endangered else "",
    )
