"""The options of two days side by side: what moved, and which facts differ. No Django."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessments.facts import FACTS, FactKind
from assessments.picture import KnownFact, Picture
from knowledge.medicines import medicines
from medications.decision_page.fact_lines import dated, value_words
from medications.options.headline import LOOKS, Look, first_reason
from medications.options.model import Options

NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True)
class Side:
    """Where an option stood, its rank, and the reason that decided it."""

    look: Look
    rank: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class OptionPair:
    title: str
    then: Side
    now: Side

    @property
    def has_moved(self) -> bool:
        return self.then.look != self.now.look


@dataclass(frozen=True, slots=True)
class FactDifference:
    """One fact that reads otherwise on the two days."""

    label: str
    then: str
    now: str
    source: str


def pairs(then: Options, now: Options) -> tuple[OptionPair, ...]:
    """Every option that is weighed on the page, on both days."""
    return tuple(
        OptionPair(medicines().titles[key], _side(then, key), _side(now, key))
        for key in medicines().weighed
    )


def _side(options: Options, key: str) -> Side:
    option = options.option(key)
    return Side(LOOKS[option.standing], option.rank, first_reason(option)[0])


def differences(then: Picture, now: Picture) -> tuple[FactDifference, ...]:
    """Facts whose value came, went or changed, in the order in which they are declared."""
    return tuple(_differences(then, now))


def _differences(then: Picture, now: Picture) -> Iterator[FactDifference]:
    for name, fact in FACTS.items():
        before, after = then.known(name), now.known(name)
        if _value(before) != _value(after):
            source = f"{after.source}, {dated(after, now.as_of)}" if after else ""
            if fact.kind is not FactKind.TEXT:
                yield FactDifference(
                    fact.label, _words(name, before), _words(name, after), source
                )


def _value(known: KnownFact | None) -> object:
    return None if known is None else known.value


def _words(name: str, known: KnownFact | None) -> str:
    return NOT_KNOWN if known is None else value_words(name, known.value)
