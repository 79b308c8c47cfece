"""The library of kinds of care, and which of them this person's facts point to. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from assessments.picture import KnownFact, Picture
from plans.conditions import (
    Condition,
    Seen,
    all_hold,
    facts_of,
    filled,
    read_condition,
)

FILE = "modalities.toml"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One constellation of facts that points to a kind of care, for one need."""

    need: str
    conditions: tuple[Condition, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of care, as the reference describes it."""

    key: str
    kind: str
    title: str
    domain: str
    dose: str
    who: str
    evidence: str
    limits: str
    rule: str
    source: str
    tag: str
    stop: str
    triggers: tuple[Trigger, ...]
    always: bool = False
    fallback: str = ""
    ask_first: tuple[str, ...] = ()
    withheld_if: tuple[Condition, ...] = ()
    withheld_because: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why for this person: the need it answers, the sentence, the facts used."""

    need: str
    because: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind of care with the reasons drawn from this person's facts."""

    modality: Modality
    reasons: tuple[Reason, ...]
    ask_first: tuple[str, ...] = ()

    @property
    def because(self) -> str:
        return " ".join(dict.fromkeys(reason.because for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Withheld:
    """A kind of care that was pointed to and is not offered now, with the reason."""

    modality: Modality
    because: str


@dataclass(frozen=True, slots=True)
class Matches:
    """What the facts point to, and what they hold back."""

    suggestions: tuple[Suggestion, ...]
    withheld: tuple[Withheld, ...] = field(default=())


@cache
def library() -> tuple[Modality, ...]:
    """Every declared kind of care, in the order of the file."""
    text = files("plans").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(_modality(declared) for declared in tomllib.loads(text)["modality"])


def _modality(declared: Mapping[str, Any]) -> Modality:
    plain = dict(declared)
    triggers = tuple(_trigger(one) for one in plain.pop("trigger"))
    withheld_if = tuple(read_condition(one) for one in plain.pop("withheld_if", []))
    ask_first = tuple(plain.pop("ask_first", []))
    return Modality(
        **plain, triggers=triggers, withheld_if=withheld_if, ask_first=ask_first
    )


def _trigger(declared: Mapping[str, Any]) -> Trigger:
    conditions = tuple(read_condition(one) for one in declared["all"])
    return Trigger(declared["need"], conditions, declared["because"])


def match(
    picture: Picture, chosen: Mapping[str, KnownFact] | None = None
) -> tuple[Suggestion, ...]:
    """The kinds of care this person's facts point to, each with its reasons."""
    return matches(Seen(picture, chosen or {})).suggestions


def matches(seen: Seen) -> Matches:
    """Suggestions, and what is held back; an unknown fact points to nothing."""
    found = [(modality, _reasons(modality, seen)) for modality in library()]
    pointed = [(modality, reasons) for modality, reasons in found if reasons]
    return Matches(
        tuple(
            Suggestion(modality, reasons, _unasked(modality, seen))
            for modality, reasons in pointed
            if not _is_withheld(modality, seen)
        ),
        tuple(
            Withheld(modality, _why_withheld(modality, seen))
            for modality, _ in pointed
            if _is_withheld(modality, seen)
        ),
    )


def _reasons(modality: Modality, seen: Seen) -> tuple[Reason, ...]:
    fired = [one for one in modality.triggers if all_hold(one.conditions, seen)]
    reasons = tuple(_reason(trigger, seen) for trigger in fired)
    if reasons or not modality.always:
        return reasons
    return (Reason(modality.triggers[0].need, modality.fallback, ()),)


def _reason(trigger: Trigger, seen: Seen) -> Reason:
    names = facts_of(trigger.conditions)
    return Reason(trigger.need, filled(trigger.because, seen, names), names)


def _is_withheld(modality: Modality, seen: Seen) -> bool:
    return bool(modality.withheld_if) and all_hold(modality.withheld_if, seen) is True


def _why_withheld(modality: Modality, seen: Seen) -> str:
    return filled(modality.withheld_because, seen, facts_of(modality.withheld_if))


def _unasked(modality: Modality, seen: Seen) -> tuple[str, ...]:
    return tuple(name for name in modality.ask_first if seen.known(name) is None)
