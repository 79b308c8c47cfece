"""The instruments there are: each module of the catalogue declares one."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from assessments.instruments import catalogue
from assessments.instruments.declaration import Instrument
from assessments.instruments.reading import near, plain, quoted


class NoSuchInstrument(LookupError):
    """No instrument goes by this key."""


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every declared instrument by its key, in the order of the keys."""
    names = sorted(module.name for module in pkgutil.iter_modules(catalogue.__path__))
    declared = (
        import_module(f"{catalogue.__name__}.{name}").INSTRUMENT for name in names
    )
    return {instrument.key: instrument for instrument in declared}


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
