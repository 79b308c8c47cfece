"""The instruments to choose from: what is due first, and which way each may be given."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.scores.occasions import Due
from knowledge.instruments.registry import (
    Instrument,
    NoSuchInstrument,
    find,
    instruments,
)
from knowledge.instruments.titles import short_title

WAYS = ("now", "tablet", "link")


@dataclass(frozen=True, slots=True)
class InstrumentChoice:
    """One instrument, why it is due, and why it may not go out of the staff's hands."""

    key: str
    title: str
    why: str
    limits: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class InstrumentGroup:
    heading: str
    choices: tuple[InstrumentChoice, ...]


def wanted_in(keys: Iterable[str]) -> tuple[str, ...]:
    """The instruments that were named, each once; names nobody knows are passed over."""
    found: dict[str, None] = {}
    for key in keys:
        try:
            found[find(key).key] = None
        except NoSuchInstrument:
            continue
    return tuple(found)


def choices_for(
    due: Iterable[Due], chosen: Iterable[str]
) -> tuple[InstrumentGroup, ...]:
    """Due ones by what presses, then the others by name."""
    whys = {one.instrument: one.why for one in due}
    picked = frozenset(chosen)
    first = tuple(_choice(find(key), why, picked) for key, why in whys.items())
    others = (one for key, one in instruments().items() if key not in whys)
    rest = tuple(
        _choice(one, "", picked) for one in sorted(others, key=lambda one: one.title.en)
    )
    groups = (InstrumentGroup("Due", first), InstrumentGroup("Others", rest))
    return tuple(group for group in groups if group.choices)


def _choice(declared: Instrument, why: str, chosen: frozenset[str]) -> InstrumentChoice:
    limits = "staff only" if declared.staff_only else ""
    if declared.not_by_link and not limits:
        limits = "not by link"
    return InstrumentChoice(
        declared.key, declared.title.en, why, limits, declared.key in chosen
    )


def refused(chosen: tuple[str, ...], way: str) -> str:
    """Why these are not given this way; empty where they may be."""
    if not chosen:
        return "Choose at least one instrument."
    if way not in WAYS:
        return "Choose how to give it."
    if way == "now":
        return ""
    for key in chosen:
        reason = _not_alone(find(key), way)
        if reason:
            return f"{short_title(key)} stays with staff. {reason}"
    return ""


def _not_alone(declared: Instrument, way: str) -> str:
    return declared.staff_only or (declared.not_by_link if way == "link" else "")
