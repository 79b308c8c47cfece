"""Reach of a score while items are open: exact ends, without trying all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from knowledge.instruments.declaration import Context, Item, Number, Outcome, Values
from knowledge.instruments.registry import Instrument

# Few enough ways to answer are all tried; beyond that the two extremes are enough,
# since no item raises a total at one end of its answers and lowers it at the other.
FEW = 256


@dataclass(frozen=True, slots=True)
class End:
    """The lowest or the highest that can still come out."""

    total: Number | None
    band: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many scored items are open, and between which ends the result lies."""

    unanswered: int
    lowest: End
    highest: End

    @property
    def is_open(self) -> bool:
        """Whether an answer could still move total or band."""
        return self.lowest != self.highest

    @property
    def words(self) -> str:
        """Both ends in words: `5 to 11, mild to moderate`."""
        totals = _span(_plain(self.lowest.total), _plain(self.highest.total))
        bands = _span(self.lowest.band or "", self.highest.band or "")
        return ", ".join(part for part in (totals, bands) if part)


def _plain(total: Number | None) -> str:
    return "" if total is None else f"{total:g}"


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def possible_bands(
    instrument: Instrument, values: Values, context: Context
) -> Reach | None:
    """Total and band over every way to answer what is open; None without either."""
    settled = instrument.settle(values)
    # What skip logic closes is not open; an item that opens others goes first.
    unknown = [
        item
        for item in instrument.items
        if settled[item.key] is None and not item.optional
    ]
    outcomes = [
        _scored(instrument, values, way, context)
        for way in _ways(instrument, values, unknown, context)
    ]
    ends = [End(one.total, one.band) for one in outcomes]
    known = [end for end in ends if end != End(None, None)]
    if not known:
        return None
    ranks = {band.name: place for place, band in enumerate(instrument.bands)}
    ordered = sorted(known, key=lambda end: _rank(end, ranks))
    return Reach(len(unknown), ordered[0], ordered[-1])


def _rank(end: End, ranks: Mapping[str, int]) -> tuple[Number, int]:
    """By total; where there is none, by the order of the declared bands."""
    place = ranks.get(end.band or "", len(ranks))
    return (place if end.total is None else end.total, place)


def _scored(
    instrument: Instrument,
    values: Values,
    way: Mapping[str, int],
    context: Context,
) -> Outcome:
    return instrument.rule(instrument.settle({**values, **way}), context)


def _ways(
    instrument: Instrument, values: Values, unknown: Sequence[Item], context: Context
) -> Iterator[dict[str, int]]:
    """Every way to answer, or the lowest and the highest where they are many."""
    keys = [item.key for item in unknown]
    if prod(len(item.choices) for item in unknown) <= FEW:
        for codes in product(*(item.allowed for item in unknown)):
            yield dict(zip(keys, codes, strict=True))
        return
    low = {item.key: min(item.allowed) for item in unknown}
    high = {item.key: max(item.allowed) for item in unknown}
    turned = _turned(instrument, values, low, high, context)
    yield low | {key: high[key] for key in turned}
    yield high | {key: low[key] for key in turned}


def _turned(
    instrument: Instrument,
    values: Values,
    low: Mapping[str, int],
    high: Mapping[str, int],
    context: Context,
) -> list[str]:
    """Items whose highest answer lowers the total, such as a question put the other
    way round. Asked with all others high, so that no gate hides the item."""

    def total(way: Mapping[str, int]) -> Number:
        return _scored(instrument, values, way, context).total or 0

    return [key for key in low if total({**high, key: low[key]}) > total(high)]
