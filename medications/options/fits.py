"""Fits between what matters to the person and the options. No Django."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from assessments.picture import Picture
from knowledge.editions import Knowledge
from medications.options.model import Fit

MATTERS, MATTERS_MOST = "values", "values_most"
ONCE, TWICE = 1, 2

type Fits = Mapping[str, tuple[Fit, ...]]


def fits_of(picture: Picture, known: Knowledge) -> Fits:
    """By option what speaks for it, what matters most first."""
    matters, most = _said(picture, MATTERS), _said(picture, MATTERS_MOST)
    return _fits(matters, matters & most, known) if matters else {}


def points(fits: Iterable[Fit]) -> int:
    """How much what matters moves an option among those that are open."""
    return sum(fit.counts for fit in fits)


def _said(picture: Picture, name: str) -> frozenset[str]:
    value = picture.value(name)
    return value if isinstance(value, frozenset) else frozenset()


@lru_cache(maxsize=512)
def _fits(matters: frozenset[str], most: frozenset[str], known: Knowledge) -> Fits:
    found: dict[str, list[Fit]] = {}
    for value in sorted(matters, key=lambda v: (v not in most, v)):
        wish = known.wishes[value]
        counts = TWICE if value in most else ONCE
        for medication in wish.options:
            fit = Fit(value, wish.label, wish.because, counts)
            found.setdefault(medication, []).append(fit)
    return {medication: tuple(fits) for medication, fits in found.items()}
