"""The instruments there are: each file of the folder declares one."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from knowledge.instruments.declaration import (
    Context,
    Declaration,
    Endangered,
    Outcome,
    Values,
)
from knowledge.instruments.reading import near, plain, quoted
from knowledge.instruments.rules import SCORING, danger_of, level_of
from knowledge.tables import Table, shaped, shipped


class NoSuchInstrument(LookupError):
    """No instrument goes by this key."""


class Instrument(Declaration):
    """An instrument together with the rules that its declaration names."""

    def rule(self, values: Values, context: Context) -> Outcome:
        return SCORING[self.scoring](self, values, context)

    def alerts(self, values: Values) -> tuple[str, ...]:
        """What the answers call for, even on an unfinished or invalid sheet."""
        flags = [flag for flag in self.flags.values() if flag.alert]
        level = level_of(self, values) if self.screens_danger else None
        facts = {**values, "level": level}
        return tuple(flag.says for flag in flags if flag.is_raised(facts))

    def endangers(self, values: Values) -> Endangered | None:
        return danger_of(self, values)


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every declared instrument by its key, in the order of the keys."""
    tables, shared = shipped()["instruments"], shipped()["answer_sets"]
    return {key: _instrument(key, tables[key], shared) for key in sorted(tables)}


def _instrument(key: str, table: Table, shared: Table) -> Instrument:
    """An instrument from its file, each item with the answers it names."""
    raw = dict(table)
    sets = {**shared, **raw.pop("answer_sets", {})}
    usual = raw.pop("answers", "")
    raw["items"] = [_item(item, sets, usual) for item in raw["items"]]
    raw["derivations"] = [
        one for told in raw.get("derivations", ()) for one in _derivations(told)
    ]
    return shaped(Instrument, {"key": key, **raw}, f"instruments.{key}")


def _item(told: Table, sets: Table, usual: str) -> Table:
    item = dict(told)
    choices = sets[item.pop("answers", usual)]
    return {**item, "choices": _scale(**choices) if "low" in choices else choices}


def _scale(
    *, lowest: int, highest: int, low: list[str], high: list[str]
) -> list[Table]:
    """A run of numbers with words at both ends only."""
    ends = {lowest: low, highest: high}
    return [
        {"value": value, "words": ends.get(value, [str(value), str(value)])}
        for value in range(lowest, highest + 1)
    ]


def _derivations(told: Table) -> Iterator[Table]:
    """One derivation for each of the items that are worked out alike."""
    shared: dict[str, Any] = {k: v for k, v in told.items() if k != "items"}
    for item in told["items"]:
        yield {**shared, "item": item, "raw": told["raw"].format(item=item)}


@cache
def _names() -> Mapping[str, Instrument]:
    return {
        plain(name): instrument
        for instrument in instruments().values()
        for name in (instrument.key, *instrument.also)
    }


def find(key: str) -> Instrument:
    """The instrument under a key, whatever its case, dashes and spaces."""
    instrument = _names().get(plain(key))
    if instrument is None:
        offer = near(key, instruments())
        raise NoSuchInstrument(f"No instrument is called {quoted(key)}. {offer}")
    return instrument
