"""Names of tests as laboratories and devices print them. No Django."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from assessments.observations.kinds import MEASURES, ObservationKind
from assessments.observations.numbers import cleaned
from knowledge.lab_names import lab_names

BRACKETED = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
SEPARATORS = re.compile(r"[^a-z0-9+]+")


def words_of(name: str) -> tuple[str, ...]:
    """A name's words, without case and punctuation."""
    return tuple(SEPARATORS.sub(" ", cleaned(name).lower()).split())


def measure_named(name: str) -> ObservationKind | None:
    """What a laboratory's or a device's name for a measurement means here.

    A test of urine or of another fluid is not the test of blood that has its name.
    """
    found = _named(words_of(name)) or _by_what_stands_outside(name)
    said, other = words_of(name), lab_names().other
    if found is None or said in _names(found) or not _has(said, other):
        return found
    return found if _has(said, found.specimens) else None


def _named(words: tuple[str, ...]) -> ObservationKind | None:
    """By all words, then with less and less of what stands beside the test."""
    known = lab_names()
    bare = _without(words, known.blood | known.other)
    readings = (words, bare, _without(bare, known.method))
    return next(filter(None, map(_by_name().get, readings)), None)


def _by_what_stands_outside(name: str) -> ObservationKind | None:
    """By the words outside of brackets, where those inside name nothing else."""
    found = _named(words_of(BRACKETED.sub(" ", name)))
    inside = map(words_of, BRACKETED.findall(name))
    return found if all(_says_no_more(one, found) for one in inside) else None


def _says_no_more(words: tuple[str, ...], measure: ObservationKind | None) -> bool:
    known = lab_names()
    bare = _without(words, known.blood | known.other | known.method)
    return not bare or _named(bare) == measure


def is_pair(measure: ObservationKind, name: str) -> bool:
    """Whether the name is that of both results at once: blood pressure."""
    return words_of(name) in set(map(words_of, measure.pair_names))


def is_drug_test(name: str) -> bool:
    """Whether it looks for a drug: such tests are kept with their specimen."""
    return _has(words_of(name), lab_names().drugs)


def _without(words: tuple[str, ...], left_out: frozenset[str]) -> tuple[str, ...]:
    """The words without those left out, also where two of them are one."""
    text = f" {' '.join(words)} "
    for one in sorted(left_out, key=len, reverse=True):
        while f" {one} " in text:
            text = text.replace(f" {one} ", " ")
    return tuple(text.split())


def _has(words: tuple[str, ...], some: Iterable[str]) -> bool:
    text = f" {' '.join(words)} "
    return any(f" {one} " in text for one in some)


def _names(measure: ObservationKind) -> set[tuple[str, ...]]:
    return set(map(words_of, measure.names))


@cache
def _by_name() -> Mapping[tuple[str, ...], ObservationKind]:
    return {words: one for one in MEASURES for words in _names(one)}
