"""One way to score every instrument: answers in, a score or the reasons for none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.instruments.circumstances import read_context
from knowledge.instruments.declaration import Number, Outcome, Status, Values
from knowledge.instruments.reading import ItemError, read_answers
from knowledge.instruments.registry import Instrument, find

CONTRADICTION = "answers contradict each other"


@dataclass(frozen=True, slots=True)
class Score:
    """What an instrument says of one set of answers."""

    instrument: str
    version: str
    status: Status
    total: Number | None = None
    band: str | None = None
    subscales: Mapping[str, Number | str | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    errors: tuple[ItemError, ...] = ()
    # The answers as read, before what one settles about another.
    values: Values = field(default_factory=dict, compare=False)

    def to_json(self) -> dict[str, object]:
        return {
            "instrument": self.instrument,
            "version": self.version,
            "status": self.status.value,
            "total": self.total,
            "band": self.band,
            "subscales": dict(self.subscales),
            "flags": list(self.flags),
            "errors": [
                {"item": error.item, "message": error.message} for error in self.errors
            ],
        }


def score(
    key: str, answers: object, context: Mapping[str, object] | None = None
) -> Score:
    """The score under a key; refuses an unknown key with the near ones."""
    return score_with(find(key), answers, context or {})


def score_with(
    instrument: Instrument, answers: object, context: Mapping[str, object]
) -> Score:
    """Invalid answers give errors and no total; alerts are raised all the same."""
    sheet = read_answers(instrument, answers)
    circumstances = read_context(instrument, context)
    values = instrument.settle(sheet.values)
    errors = (*sheet.errors, *circumstances.errors)
    result = (
        Outcome(Status.INVALID)
        if errors
        else instrument.rule(values, circumstances.context)
    )
    flags = (
        *instrument.alerts(values),
        *result.flags,
        *_contradictions(sheet.values, values),
        *(f"not used in scoring: {name}" for name in circumstances.unused),
    )
    return Score(
        instrument.key,
        instrument.version,
        result.status,
        result.total,
        result.band,
        result.subscales,
        flags,
        errors,
        sheet.values,
    )


def _contradictions(sent: Values, settled: Values) -> tuple[str, ...]:
    moved = any(
        value is not None and value != settled[key] for key, value in sent.items()
    )
    return (CONTRADICTION,) if moved else ()
